package dev.quern.executor.device.contract;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.WeightFormat;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A random quantized matrix, every element of about variance 1. Rows are drawn from the seed when
 * they are read.
 */
record RandomCodes(String name, int rows, int columns, WeightFormat format, long seed)
    implements CodedMatrix {
  /** One of each kind that kernels treat differently. */
  static final List<WeightFormat> FORMATS =
      List.of(
          integers(8, WeightFormat.WHOLE_ROW, ElementType.F32, false),
          integers(8, WeightFormat.WHOLE_ROW, ElementType.F32, true),
          integers(8, 128, ElementType.F16, false),
          integers(8, 32, ElementType.F16, false),
          integers(8, 16, ElementType.F32, false),
          integers(8, 32, ElementType.F32, true),
          integers(4, WeightFormat.WHOLE_ROW, ElementType.F32, false),
          integers(4, WeightFormat.WHOLE_ROW, ElementType.F32, true),
          integers(4, 128, ElementType.F16, false),
          integers(4, 64, ElementType.F16, false),
          integers(4, 32, ElementType.F16, false),
          integers(4, 16, ElementType.F32, true),
          integers(4, 32, ElementType.F16, true),
          integers(4, 32, ElementType.F32, true),
          new WeightFormat.Fp8Blocks(),
          new WeightFormat.Ccq());

  private static WeightFormat integers(int bits, int group, ElementType scales, boolean offsets) {
    return new WeightFormat.Integers(bits, group, scales, offsets);
  }

  /** Whether products with it take int8 activations unless float32 ones are asked for. */
  static boolean quantizesActivations(WeightFormat format) {
    return format instanceof WeightFormat.Integers || format instanceof WeightFormat.Ccq;
  }

  @Override
  public void readCodes(int row, byte[] codes, float[] scales, float[] offsets) {
    SplittableRandom random = new SplittableRandom(seed + row);
    switch (format) {
      case WeightFormat.Floats f -> throw new IllegalArgumentException(f.label());
      case WeightFormat.Integers integers -> {
        int least = integers.bits() == 8 ? -128 : integers.hasOffsets() ? 0 : -8;
        int count = integers.bits() == 8 ? 256 : 16;
        for (int c = 0; c < codes.length; c++) {
          codes[c] = (byte) (least + random.nextInt(count));
        }
        for (int g = 0; g < scales.length; g++) {
          // 11 bits, so that float16 holds them
          scales[g] = (1024 + random.nextInt(1024)) / 512f / count;
        }
        for (int g = 0; g < offsets.length; g++) {
          offsets[g] = (random.nextInt(2048) - 1024) / 1024f;
        }
      }
      case WeightFormat.Fp8Blocks _ -> {
        for (int c = 0; c < codes.length; c++) {
          int code = random.nextInt(127); // 127 is no number
          codes[c] = (byte) (random.nextBoolean() ? code : code - 128);
        }
        // Blocks of 128 rows share a multiplier.
        SplittableRandom block = new SplittableRandom(seed + row / WeightFormat.Fp8Blocks.BLOCK);
        for (int g = 0; g < scales.length; g++) {
          scales[g] = (1 + block.nextInt(1000)) / 100_000f;
        }
      }
      case WeightFormat.Ccq _ -> {
        random.nextBytes(codes);
        for (int g = 0; g < scales.length; g++) {
          scales[g] = random.nextInt(16);
        }
        offsets[0] = 100 + random.nextInt(100) / 7f;
        offsets[1] = random.nextInt(100) / 3f;
        offsets[2] = (1 + random.nextInt(100)) / 10_000f;
      }
    }
  }

  @Override
  public HostMatrix sliceRows(int from, int to) {
    throw new UnsupportedOperationException(name + " is not sliced");
  }

  @Override
  public HostMatrix sliceColumns(int from, int to) {
    throw new UnsupportedOperationException(name + " is not sliced");
  }
}
