package dev.quern.executor.model.plan;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.WeightFormat.Integers;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** The values of {@code --quantization}, from the most exact to the smallest. */
public enum QuantizationScheme {
  NONE,
  WINT8,
  BLOCK_WISE_FP8,
  WINT4,
  W4A8,
  W4A8C8,
  WINT2;

  /** int8 with one scale an output channel. */
  static final WeightFormat INT8 = new Integers(8, WeightFormat.WHOLE_ROW, ElementType.F32, false);

  private static final WeightFormat INT4_ROWS =
      new Integers(4, WeightFormat.WHOLE_ROW, ElementType.F32, false);

  /** As in the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@code --quantization}.
   *
   * @throws IllegalArgumentException that names the option and lists the schemes
   */
  public static QuantizationScheme parse(String label) {
    try {
      return of(label);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--quantization: " + e.getMessage(), e);
    }
  }

  /**
   * @throws IllegalArgumentException that lists the schemes
   */
  public static QuantizationScheme of(String label) {
    return Arrays.stream(values())
        .filter(s -> s.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "expected one of %s but got \"%s\""
                    .formatted(
                        Arrays.stream(values()).map(QuantizationScheme::label).toList(), label)));
  }

  /** Number format of keys and values on GPUs; INT8 is static, per channel. */
  public ElementType kvType() {
    return this == W4A8C8 ? ElementType.INT8 : ElementType.BF16;
  }

  /** Whether a scheme has int4 weights, whose scales may be per channel or in groups. */
  boolean hasInt4() {
    return this == WINT4 || this == W4A8 || this == W4A8C8;
  }

  /**
   * The formats of a model's matrices, int4 in groups.
   *
   * @param experts whether the model has experts; without them int4 schemes take all linears
   */
  public FormatRule rule(boolean experts) {
    return (part, layer, columns) -> format(part, layer, experts, int4Groups(columns));
  }

  /** The same with one scale an output channel in place of groups. */
  public FormatRule rulePerChannel(boolean experts) {
    return (part, layer, _) -> format(part, layer, experts, INT4_ROWS);
  }

  private Optional<WeightFormat> format(
      MatrixPart part, int layer, boolean experts, WeightFormat int4) {
    return switch (part) {
      case EMBEDDING, HEAD, NORM, MTP_PROJECTION, ROUTER -> Optional.empty();
      case ATTENTION, DENSE, SHARED, MTP_BLOCK -> linear(experts, int4);
      case EXPERT -> expert(layer, int4);
    };
  }

  private Optional<WeightFormat> linear(boolean experts, WeightFormat int4) {
    return switch (this) {
      case NONE -> Optional.empty();
      case BLOCK_WISE_FP8 -> Optional.of(new WeightFormat.Fp8Blocks());
      case WINT4, W4A8, W4A8C8 -> Optional.of(experts ? INT8 : int4);
      case WINT8, WINT2 -> Optional.of(INT8);
    };
  }

  private Optional<WeightFormat> expert(int layer, WeightFormat int4) {
    return switch (this) {
      case NONE -> Optional.empty();
      case WINT8 -> Optional.of(INT8);
      case BLOCK_WISE_FP8 -> Optional.of(new WeightFormat.Fp8Blocks());
      case WINT4, W4A8, W4A8C8 -> Optional.of(int4);
      // The first routed layers of the 300B model are the most sensitive ones and stay at 4 bits.
      case WINT2 -> Optional.of(layer >= 3 && layer <= 6 ? INT4_ROWS : new WeightFormat.Ccq());
    };
  }

  /** int4 in groups of 128 inputs where they divide the width, else 64, else 32. */
  private static WeightFormat int4Groups(int columns) {
    for (int size = 128; size >= 32; size /= 2) {
      if (columns % size == 0) {
        return new Integers(4, size, ElementType.F16, false);
      }
    }
    return INT4_ROWS;
  }

  /**
   * The format that this scheme is named for, for a part that is given it by name.
   *
   * @param group inputs of an int4 group, 0 for one scale an output channel; empty: by the width
   * @return empty for none: as stored
   */
  public Optional<WeightFormat> ownFormat(int columns, OptionalInt group) {
    return switch (this) {
      case NONE -> Optional.empty();
      case WINT8 -> Optional.of(INT8);
      case BLOCK_WISE_FP8 -> Optional.of(new WeightFormat.Fp8Blocks());
      case WINT2 -> Optional.of(new WeightFormat.Ccq());
      case WINT4, W4A8, W4A8C8 -> {
        if (group.isEmpty()) {
          yield Optional.of(int4Groups(columns));
        }
        yield Optional.of(
            group.getAsInt() == 0
                ? INT4_ROWS
                : new Integers(4, group.getAsInt(), ElementType.F16, false));
      }
    };
  }
}
