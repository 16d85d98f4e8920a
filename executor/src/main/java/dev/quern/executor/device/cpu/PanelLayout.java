package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.WeightFormat;

/**
 * Sizes and positions inside a panel of 32 outputs, in bytes, as {@code weight.h} describes them.
 */
final class PanelLayout {
  private static final int N = Panels.OUTPUTS;

  private PanelLayout() {}

  /** The number of the format in weight.h. */
  static int kind(WeightFormat format) {
    return switch (format) {
      case WeightFormat.Floats(ElementType type) ->
          switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case BF16 -> 2;
            case INT8, INT32 -> throw new IllegalArgumentException(type + " panels");
          };
      case WeightFormat.Integers _ -> 3;
      case WeightFormat.Fp8Blocks _ -> 4;
      case WeightFormat.Ccq _ -> 5;
    };
  }

  static long panelBytes(WeightFormat format, int columns) {
    return switch (format) {
      case WeightFormat.Floats(ElementType type) -> (long) columns * N * type.bytes();
      case WeightFormat.Integers integers -> {
        int group = integers.groupSize(columns);
        int last = columns - (integers.scales(columns) - 1) * group;
        yield (integers.scales(columns) - 1) * tileBytes(integers, group)
            + tileBytes(integers, last);
      }
      case WeightFormat.Fp8Blocks fp8 -> fp8Scales(columns) + 4L * N * fp8.scales(columns);
      case WeightFormat.Ccq ccq -> ccqLocals(columns) + aligned((long) N * ccq.scales(columns));
    };
  }

  /** Bytes of the codes of {@code inputs} inputs that share scales. */
  static long codeBytes(WeightFormat.Integers format, int inputs) {
    int each = format.bits() == 8 ? 4 : 8;
    return (inputs + each - 1L) / each * 4 * N;
  }

  /** Codes, scales and offsets of {@code inputs} inputs. */
  static long tileBytes(WeightFormat.Integers format, int inputs) {
    int vectors = format.hasOffsets() ? 2 : 1;
    return codeBytes(format, inputs) + (long) vectors * N * scaleBytes(format);
  }

  static int scaleBytes(WeightFormat.Integers format) {
    return format.scaleType().bytes();
  }

  /** What is added to a code so that it is stored unsigned. */
  static int bias(WeightFormat.Integers format) {
    return format.bits() == 8 ? 128 : format.hasOffsets() ? 0 : 8;
  }

  /** Where input k of output n stands among a tile's codes. */
  static long codeAt(WeightFormat.Integers format, int k, int n) {
    int quad = format.bits() == 8 ? k >> 2 : k >> 3;
    return quad * 4L * N + n * 4L + (k & 3);
  }

  static long fp8Scales(int columns) {
    return aligned((long) columns * N);
  }

  /** Code scales, zero points and super scales of a CCQ panel. */
  static long ccqRows(int columns) {
    return (columns + 7L) / 8 * 2 * N;
  }

  static long ccqLocals(int columns) {
    return ccqRows(columns) + 3L * 4 * N;
  }

  private static long aligned(long bytes) {
    return (bytes + 63) / 64 * 64;
  }
}
