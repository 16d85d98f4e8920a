package dev.quern.executor.device;

/**
 * How the elements of a matrix [rows = outputs, columns = inputs] are represented. A row of a
 * quantized format is an array of byte codes, float32 scales of its groups of inputs, and float32
 * offsets; the number of each follows from the number of columns.
 */
public sealed interface WeightFormat {
  /** Group size that stands for one scale a row, whatever its length. */
  int WHOLE_ROW = 0;

  /** Byte codes of a row. */
  int codes(int columns);

  /** Scales of a row. */
  int scales(int columns);

  /** Offsets of a row. */
  int offsets(int columns);

  /** As in messages and reports: bf16, int4 in groups of 128. */
  String label();

  /** Unquantized: F32, F16 or BF16. It has no codes. */
  record Floats(ElementType type) implements WeightFormat {
    public Floats {
      if (type == ElementType.INT8 || type == ElementType.INT32) {
        throw new IllegalArgumentException(type + " is no floating-point type");
      }
    }

    @Override
    public int codes(int columns) {
      return 0;
    }

    @Override
    public int scales(int columns) {
      return 0;
    }

    @Override
    public int offsets(int columns) {
      return 0;
    }

    @Override
    public String label() {
      return type.name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * Integers in groups of consecutive inputs: weight = code * scale of the group, plus the offset
   * of the group where the format has offsets. One code a byte: 8 bits [-128, 127]; 4 bits [-8, 7],
   * or [0, 15] with offsets.
   *
   * @param bits 8 or 4
   * @param group inputs that share a scale: 16, 32, 64, 128 or {@link #WHOLE_ROW}; the last group
   *     of a row may be shorter
   * @param scaleType how a device keeps scales and offsets: F16 (only values that F16 holds
   *     exactly) or F32
   * @param hasOffsets one offset a group
   */
  record Integers(int bits, int group, ElementType scaleType, boolean hasOffsets)
      implements WeightFormat {
    public Integers {
      if (bits != 8 && bits != 4) {
        throw new IllegalArgumentException("integers of " + bits + " bits; expected 8 or 4");
      }
      if (group != WHOLE_ROW && group != 16 && group != 32 && group != 64 && group != 128) {
        throw new IllegalArgumentException(
            "groups of " + group + " inputs; expected 16, 32, 64, 128 or the whole row");
      }
      if (scaleType != ElementType.F32 && scaleType != ElementType.F16) {
        throw new IllegalArgumentException("scales of type " + scaleType + "; expected F16 or F32");
      }
    }

    /** Inputs that share a scale in a row of {@code columns}. */
    public int groupSize(int columns) {
      return group == WHOLE_ROW ? columns : group;
    }

    @Override
    public int codes(int columns) {
      return columns;
    }

    @Override
    public int scales(int columns) {
      int size = groupSize(columns);
      return (columns + size - 1) / size;
    }

    @Override
    public int offsets(int columns) {
      return hasOffsets ? scales(columns) : 0;
    }

    @Override
    public String label() {
      String groups = group == WHOLE_ROW ? " per row" : " in groups of " + group;
      return "int" + bits + groups + (hasOffsets ? " with minimums" : "");
    }
  }

  /**
   * 8-bit floats (E4M3, no infinities: OCP 8-bit floating point, as DeepSeek-V3 stores them) with
   * one multiplier for each block of 128 rows and 128 columns: weight = code * scale. A row has its
   * blocks' multipliers as scales.
   */
  record Fp8Blocks() implements WeightFormat {
    public static final int BLOCK = 128;

    @Override
    public int codes(int columns) {
      return columns;
    }

    @Override
    public int scales(int columns) {
      return (columns + BLOCK - 1) / BLOCK;
    }

    @Override
    public int offsets(int columns) {
      return 0;
    }

    @Override
    public String label() {
      return "fp8 in blocks of 128x128";
    }
  }

  /**
   * WINT2, the convolutional code of ERNIE-4.5's 2-bit deployment (FastDeploy's CCQ): a byte stands
   * for four consecutive inputs. Scales: the 4-bit local scale of each 64 inputs, as a number 0 to
   * 15. Offsets: three a row, code scale, code zero point, super scale.
   */
  record Ccq() implements WeightFormat {
    public static final int GROUP = 64;

    @Override
    public int codes(int columns) {
      return (columns + 3) / 4;
    }

    @Override
    public int scales(int columns) {
      return (columns + GROUP - 1) / GROUP;
    }

    @Override
    public int offsets(int columns) {
      return 3;
    }

    @Override
    public String label() {
      return "wint2 (CCQ)";
    }
  }
}
