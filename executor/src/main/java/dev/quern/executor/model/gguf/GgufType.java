package dev.quern.executor.model.gguf;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.WeightFormat.Floats;
import dev.quern.executor.device.WeightFormat.Integers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Number formats of GGUF tensors that are read (enum ggml_type, blocks of ggml-common.h). A row is
 * a sequence of blocks; the format is what a block decodes to.
 */
public enum GgufType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  BF16(30, 1, 2);

  /** Names by number, for errors; numbers that ggml has given up are left out. */
  private static final List<String> ALL =
      List.of(
          "0 F32",
          "1 F16",
          "2 Q4_0",
          "3 Q4_1",
          "6 Q5_0",
          "7 Q5_1",
          "8 Q8_0",
          "9 Q8_1",
          "10 Q2_K",
          "11 Q3_K",
          "12 Q4_K",
          "13 Q5_K",
          "14 Q6_K",
          "15 Q8_K",
          "16 IQ2_XXS",
          "17 IQ2_XS",
          "18 IQ3_XXS",
          "19 IQ1_S",
          "20 IQ4_NL",
          "21 IQ3_S",
          "22 IQ2_S",
          "23 IQ4_XS",
          "24 I8",
          "25 I16",
          "26 I32",
          "27 I64",
          "28 F64",
          "29 IQ1_M",
          "30 BF16",
          "34 TQ1_0",
          "35 TQ2_0",
          "39 MXFP4");

  private final int number;
  private final int blockElements;
  private final int blockBytes;

  GgufType(int number, int blockElements, int blockBytes) {
    this.number = number;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  static Optional<GgufType> of(int number) {
    return Arrays.stream(values()).filter(t -> t.number == number).findFirst();
  }

  /** The name of a type that need not be read here: {@code IQ4_NL (20)}. */
  static String name(int number) {
    return ALL.stream()
        .filter(n -> n.startsWith(number + " "))
        .map(n -> n.substring(n.indexOf(' ') + 1) + " (" + number + ")")
        .findFirst()
        .orElse("number " + number);
  }

  /** Elements of a block; a row has whole blocks. */
  public int blockElements() {
    return blockElements;
  }

  public int blockBytes() {
    return blockBytes;
  }

  /** What rows decode to, exactly. */
  public WeightFormat format() {
    return switch (this) {
      case F32 -> new Floats(ElementType.F32);
      case F16 -> new Floats(ElementType.F16);
      case BF16 -> new Floats(ElementType.BF16);
      case Q4_0 -> new Integers(4, 32, ElementType.F16, false);
      case Q4_1 -> new Integers(4, 32, ElementType.F16, true);
      case Q5_0, Q8_0 -> new Integers(8, 32, ElementType.F16, false);
      case Q5_1 -> new Integers(8, 32, ElementType.F16, true);
      case Q4_K -> new Integers(4, 32, ElementType.F32, true);
      case Q5_K -> new Integers(8, 32, ElementType.F32, true);
      case Q6_K -> new Integers(8, 16, ElementType.F32, false);
    };
  }

  /** Bytes of a row of {@code columns} elements, which must be whole blocks. */
  public long rowBytes(long columns) {
    return columns / blockElements * blockBytes;
  }
}
