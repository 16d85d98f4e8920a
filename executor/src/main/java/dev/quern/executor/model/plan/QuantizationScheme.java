package dev.quern.executor.model.plan;

import dev.quern.executor.device.ElementType;
import java.util.Arrays;
import java.util.Locale;

/** The values of {@code --quantization}, from the most exact to the smallest. */
public enum QuantizationScheme {
  NONE,
  WINT8,
  BLOCK_WISE_FP8,
  WINT4,
  W4A8,
  W4A8C8,
  WINT2;

  /** As in the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException that lists the schemes
   */
  public static QuantizationScheme parse(String label) {
    return Arrays.stream(values())
        .filter(s -> s.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "--quantization: expected one of %s but got \"%s\""
                    .formatted(
                        Arrays.stream(values()).map(QuantizationScheme::label).toList(), label)));
  }

  /** Number format of keys and values on GPUs; INT8 is static, per channel. */
  ElementType kvType() {
    return this == W4A8C8 ? ElementType.INT8 : ElementType.BF16;
  }

  /** Whether a scheme has int4 weights, whose scales may be per channel or in groups. */
  boolean hasInt4() {
    return this == WINT4 || this == W4A8 || this == W4A8C8;
  }

  /**
   * The format of a matrix under this scheme.
   *
   * @param experts whether the model has experts; without them int4 schemes take all linears
   * @param int4 the format of int4 matrices
   */
  WeightFormat format(Matrix matrix, boolean experts, WeightFormat int4) {
    return switch (matrix.part()) {
      case EMBEDDING, HEAD, NORM, MTP_PROJECTION -> WeightFormat.BITS_16;
      case ROUTER -> WeightFormat.F32;
      case ATTENTION, DENSE, SHARED, MTP_BLOCK -> linear(experts, int4);
      case EXPERT -> expert(matrix.layer(), int4);
    };
  }

  private WeightFormat linear(boolean experts, WeightFormat int4) {
    return switch (this) {
      case NONE -> WeightFormat.BITS_16;
      case BLOCK_WISE_FP8 -> WeightFormat.FP8_BLOCKS;
      case WINT4, W4A8, W4A8C8 -> experts ? WeightFormat.INT8 : int4;
      case WINT8, WINT2 -> WeightFormat.INT8;
    };
  }

  private WeightFormat expert(int layer, WeightFormat int4) {
    return switch (this) {
      case NONE -> WeightFormat.BITS_16;
      case WINT8 -> WeightFormat.INT8;
      case BLOCK_WISE_FP8 -> WeightFormat.FP8_BLOCKS;
      case WINT4, W4A8, W4A8C8 -> int4;
      // The first routed layers of the 300B model are the most sensitive ones and stay at 4 bits.
      case WINT2 -> layer >= 3 && layer <= 6 ? WeightFormat.INT4_PER_CHANNEL : WeightFormat.CCQ_2;
    };
  }
}
