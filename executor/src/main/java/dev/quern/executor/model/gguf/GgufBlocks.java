package dev.quern.executor.model.gguf;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Decodes groups of the block formats of ggml (structures of ggml-common.h). Products of scales are
 * rounded to float32 as dequantize_row_* of ggml-quants.c rounds them, so that code * scale +
 * offset is their value exactly.
 */
final class GgufBlocks {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private GgufBlocks() {}

  /** Where a group's codes begin, and the index of its scale and offset. */
  record Target(byte[] codes, int at, float[] scales, float[] offsets, int group) {}

  /**
   * Decodes a group.
   *
   * @param block first byte of the block within {@code row}
   * @param group number of the group within the block
   */
  static void decode(GgufType type, MemorySegment row, long block, int group, Target target) {
    switch (type) {
      case Q4_0 -> {
        target.scales()[target.group()] = half(row, block);
        nibbles(row, block + 2, target, 8);
      }
      case Q4_1 -> {
        halves(row, block, target);
        nibbles(row, block + 4, target, 0);
      }
      case Q5_0 -> {
        target.scales()[target.group()] = half(row, block);
        nibbles(row, block + 6, target, 16);
        fifthBits(row.get(INT, block + 2), target);
      }
      case Q5_1 -> {
        halves(row, block, target);
        nibbles(row, block + 8, target, 0);
        fifthBits(row.get(INT, block + 4), target);
      }
      case Q8_0 -> {
        target.scales()[target.group()] = half(row, block);
        MemorySegment.copy(row, ValueLayout.JAVA_BYTE, block + 2, target.codes(), target.at(), 32);
      }
      case Q4_K -> {
        scaleAndMinimum(row, block, group, target);
        superNibbles(row, block + 16, group, target);
      }
      case Q5_K -> {
        scaleAndMinimum(row, block, group, target);
        superNibbles(row, block + 48, group, target);
        for (int i = 0; i < 32; i++) {
          target.codes()[target.at() + i] |=
              (byte) (((bits(row, block + 16 + i) >> group) & 1) << 4);
        }
      }
      case Q6_K -> sixBits(row, block, group, target);
      case F32, F16, BF16 -> throw new IllegalArgumentException(type + " has no groups");
    }
  }

  /** Scale, then offset. */
  private static void halves(MemorySegment row, long block, Target target) {
    target.scales()[target.group()] = half(row, block);
    target.offsets()[target.group()] = half(row, block + 2);
  }

  /** 16 bytes: elements 0..15 in the low nibbles, 16..31 in the high ones. */
  private static void nibbles(MemorySegment row, long at, Target target, int zero) {
    for (int i = 0; i < 16; i++) {
      int pair = bits(row, at + i);
      target.codes()[target.at() + i] = (byte) ((pair & 15) - zero);
      target.codes()[target.at() + 16 + i] = (byte) ((pair >> 4) - zero);
    }
  }

  /** Bit i of the mask is bit 4 of element i. */
  private static void fifthBits(int mask, Target target) {
    for (int i = 0; i < 32; i++) {
      target.codes()[target.at() + i] += (byte) (((mask >>> i) & 1) << 4);
    }
  }

  /** 128 bytes of 8 groups: a pair of groups shares 32 bytes, the even one in the low nibbles. */
  private static void superNibbles(MemorySegment row, long at, int group, Target target) {
    long from = at + group / 2 * 32L;
    for (int i = 0; i < 32; i++) {
      int pair = bits(row, from + i);
      target.codes()[target.at() + i] = (byte) (group % 2 == 0 ? pair & 15 : pair >> 4);
    }
  }

  /** 12 bytes hold 8 scales and 8 minimums of 6 bits (get_scale_min_k4). */
  private static void scaleAndMinimum(MemorySegment row, long block, int group, Target target) {
    long at = block + 4;
    int scale;
    int minimum;
    if (group < 4) {
      scale = bits(row, at + group) & 63;
      minimum = bits(row, at + group + 4) & 63;
    } else {
      int low = bits(row, at + group + 4);
      scale = (low & 15) | ((bits(row, at + group - 4) >> 6) << 4);
      minimum = (low >> 4) | ((bits(row, at + group) >> 6) << 4);
    }
    target.scales()[target.group()] = half(row, block) * scale;
    target.offsets()[target.group()] = -(half(row, block + 2) * minimum);
  }

  /**
   * Group of 16 of a Q6_K block: 128 bytes of low nibbles, 64 bytes of high bit pairs, 16 scales, a
   * half. Each half of the block has 4 runs of 32 elements: two in low nibbles, two in high ones.
   */
  private static void sixBits(MemorySegment row, long block, int group, Target target) {
    int half = group / 8;
    int run = group % 8 / 2;
    int start = group % 2 * 16;
    long low = block + half * 64L + run % 2 * 32L + start;
    long high = block + 128 + half * 32L + start;
    for (int i = 0; i < 16; i++) {
      int four = run < 2 ? bits(row, low + i) & 15 : bits(row, low + i) >> 4;
      int two = (bits(row, high + i) >> (2 * run)) & 3;
      target.codes()[target.at() + i] = (byte) ((four | (two << 4)) - 32);
    }
    target.scales()[target.group()] =
        half(row, block + 208) * row.get(ValueLayout.JAVA_BYTE, block + 192 + group);
  }

  private static float half(MemorySegment row, long at) {
    return Float.float16ToFloat(row.get(SHORT, at));
  }

  private static int bits(MemorySegment row, long at) {
    return row.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }
}
