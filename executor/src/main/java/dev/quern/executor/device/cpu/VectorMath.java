package dev.quern.executor.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The same loops on the Vector API. Loaded only where the JVM has its module. */
final class VectorMath implements PanelMath {
  private static final VectorSpecies<Float> LANES =
      FloatVector.SPECIES_PREFERRED.length() > 16
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  @Override
  public void multiply(float[] sums, float[] panel, int first, int last, float[] x, int from) {
    int lanes = LANES.length();
    for (int n = 0; n < Panels.OUTPUTS; n += 2 * lanes) {
      FloatVector a = FloatVector.fromArray(LANES, sums, n);
      FloatVector b = FloatVector.fromArray(LANES, sums, n + lanes);
      for (int k = first; k < last; k++) {
        FloatVector factor = FloatVector.broadcast(LANES, x[from + k]);
        int at = k * Panels.OUTPUTS + n;
        a = factor.fma(FloatVector.fromArray(LANES, panel, at), a);
        b = factor.fma(FloatVector.fromArray(LANES, panel, at + lanes), b);
      }
      a.intoArray(sums, n);
      b.intoArray(sums, n + lanes);
    }
  }

  @Override
  public boolean vectors() {
    return true;
  }
}
