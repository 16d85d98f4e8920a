package dev.quern.executor.model;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.WeightFormat;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * A quantized matrix of random codes, made row by row when read: a model of any size needs no
 * memory beside its packed weights. Weights are spread about as those of trained models (0.02), so
 * that activations neither vanish nor overflow.
 *
 * @param seed same seed, same codes
 * @param firstRow row of the whole matrix that is row 0 here
 * @param firstColumn column of the whole matrix that is column 0 here
 */
record RandomCodes(
    String name,
    int rows,
    int columns,
    WeightFormat format,
    long seed,
    int firstRow,
    int firstColumn)
    implements CodedMatrix {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LOW_NIBBLES = 0x0F0F0F0F0F0F0F0FL;
  private static final long BIT_3 = 0x0808080808080808L;
  private static final long NOT_BIT_6 = 0xBFBFBFBFBFBFBFBFL;

  RandomCodes(String name, int rows, int columns, WeightFormat format, long seed) {
    this(name, rows, columns, format, seed, 0, 0);
  }

  @Override
  public void readCodes(int row, byte[] codes, float[] scales, float[] offsets) {
    Objects.checkIndex(row, rows);
    long own = seed ^ ((firstRow + row) * 0x9E3779B97F4A7C15L);
    var random = new SplittableRandom(own);
    int skipped = firstColumn == 0 ? 0 : format.codes(firstColumn);
    int count = format.codes(columns);
    if (skipped == 0) {
      codes(random, codes, count);
    } else {
      byte[] whole = new byte[skipped + count];
      codes(random, whole, whole.length);
      System.arraycopy(whole, skipped, codes, 0, count);
    }
    scales(new SplittableRandom(~own), scales, offsets);
  }

  private void codes(SplittableRandom random, byte[] codes, int count) {
    int at = 0;
    for (; at + 2 * Long.BYTES <= count; at += 2 * Long.BYTES) {
      long bits = random.nextLong();
      // 4-bit codes take half of the bits each; the others take another draw.
      LONGS.set(codes, at, eight(bits));
      LONGS.set(codes, at + Long.BYTES, eight(isInt4() ? bits >>> 4 : random.nextLong()));
    }
    for (; at < count; at++) {
      codes[at] = (byte) eight(random.nextLong());
    }
  }

  private boolean isInt4() {
    return format instanceof WeightFormat.Integers integers && integers.bits() == 4;
  }

  /** Eight codes out of random bits. */
  private long eight(long bits) {
    return switch (format) {
      case WeightFormat.Integers i when i.bits() == 4 && i.hasOffsets() -> bits & LOW_NIBBLES;
      case WeightFormat.Integers i when i.bits() == 4 -> {
        long nibbles = bits & LOW_NIBBLES;
        // Bit 3 is the sign: copied into the four bits above it.
        yield nibbles | ((nibbles & BIT_3) * 0x1E);
      }
      // Magnitudes below 2: neither the largest nor the code that is no number.
      case WeightFormat.Fp8Blocks _ -> bits & NOT_BIT_6;
      case WeightFormat.Integers _, WeightFormat.Ccq _, WeightFormat.Floats _ -> bits;
    };
  }

  private void scales(SplittableRandom random, float[] scales, float[] offsets) {
    float unit =
        switch (format) {
          case WeightFormat.Integers i when i.bits() == 4 -> 0x1p-8f;
          case WeightFormat.Integers _ -> 0x1p-12f;
          case WeightFormat.Fp8Blocks _ -> 0x1p-5f;
          case WeightFormat.Ccq _, WeightFormat.Floats _ -> 1;
        };
    int count = format.scales(columns);
    int skipped = sharing() == 1 ? 0 : firstColumn / sharing();
    for (int g = 0; g < skipped; g++) {
      random.nextInt();
    }
    if (format instanceof WeightFormat.Ccq) {
      for (int g = 0; g < count; g++) {
        scales[g] = random.nextInt() & 15;
      }
      // A code scale that spreads a byte over the 15 bits of four overlapping windows.
      System.arraycopy(new float[] {128.5f, 0, 0x1p-13f}, 0, offsets, 0, 3);
      return;
    }
    if (format instanceof WeightFormat.Fp8Blocks) {
      Arrays.fill(scales, 0, count, unit); // rows of a block share it
      return;
    }
    for (int g = 0; g < count; g++) {
      // One of eight values that 16-bit floats hold exactly.
      scales[g] = unit * (1 + (random.nextInt() & 7) / 8f);
    }
    for (int g = 0; g < format.offsets(columns); g++) {
      offsets[g] = -8 * scales[g];
    }
  }

  @Override
  public RandomCodes sliceRows(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    return new RandomCodes(name, to - from, columns, format, seed, firstRow + from, firstColumn);
  }

  @Override
  public RandomCodes sliceColumns(int from, int to) {
    Objects.checkFromToIndex(from, to, columns);
    int unit = sharing();
    if (from % unit != 0 || (to % unit != 0 && to != columns)) {
      throw new IllegalArgumentException(
          name + ": columns " + from + " to " + to + " cut a group of " + unit);
    }
    return new RandomCodes(name, rows, to - from, format, seed, firstRow, firstColumn + from);
  }

  /** Consecutive columns that cannot be parted. */
  private int sharing() {
    return switch (format) {
      case WeightFormat.Integers i -> Math.max(1, i.group());
      case WeightFormat.Fp8Blocks _ -> WeightFormat.Fp8Blocks.BLOCK;
      case WeightFormat.Ccq _ -> WeightFormat.Ccq.GROUP;
      case WeightFormat.Floats _ -> 1;
    };
  }
}
