package dev.quern.executor.device.cpu;

import dev.quern.executor.device.Rope;
import dev.quern.executor.device.host.RotaryAngles;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Cosines and sines of positions seen so far, computed in pages when first asked for. */
final class AngleTable {
  private static final int PAGE = 256;

  private final RotaryAngles angles;
  private float[][] cos = new float[16][];
  private float[][] sin = new float[16][];

  AngleTable(Rope rope) {
    angles = new RotaryAngles(rope);
  }

  int pairs() {
    return angles.pairs();
  }

  /** Copies the angles of a position to row {@code row} of two [rows][pairs] matrices. */
  void copy(int position, MemorySegment toCos, MemorySegment toSin, int row) {
    int page = position / PAGE;
    if (page >= cos.length) {
      cos = Arrays.copyOf(cos, 2 * page);
      sin = Arrays.copyOf(sin, 2 * page);
    }
    if (cos[page] == null) {
      fill(page);
    }
    int from = position % PAGE * pairs();
    long to = 4L * row * pairs();
    MemorySegment.copy(cos[page], from, toCos, ValueLayout.JAVA_FLOAT, to, pairs());
    MemorySegment.copy(sin[page], from, toSin, ValueLayout.JAVA_FLOAT, to, pairs());
  }

  private void fill(int page) {
    cos[page] = new float[PAGE * pairs()];
    sin[page] = new float[PAGE * pairs()];
    for (int i = 0; i < PAGE; i++) {
      angles.fill(page * PAGE + i, cos[page], sin[page], i * pairs());
    }
  }
}
