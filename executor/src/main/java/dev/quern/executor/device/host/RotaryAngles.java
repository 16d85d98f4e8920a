package dev.quern.executor.device.host;

import dev.quern.executor.device.Rope;

/**
 * Cosines and sines of rotary positions, rounded as the published reference rounds them: frequency,
 * angle and result each to float32.
 */
public final class RotaryAngles {
  private final float[] frequencies;

  public RotaryAngles(Rope rope) {
    int pairs = rope.headDim() / 2;
    frequencies = new float[pairs];
    for (int j = 0; j < pairs; j++) {
      float exponent = 2f * j / rope.headDim();
      frequencies[j] = 1f / (float) Math.pow(rope.theta(), exponent);
    }
  }

  /** Pairs of a head. */
  public int pairs() {
    return frequencies.length;
  }

  /** Writes cos and sin of every pair at {@code position}, from index {@code at} on. */
  public void fill(int position, float[] cos, float[] sin, int at) {
    for (int j = 0; j < frequencies.length; j++) {
      float angle = position * frequencies[j];
      cos[at + j] = (float) Math.cos(angle);
      sin[at + j] = (float) Math.sin(angle);
    }
  }
}
