package dev.quern.executor.device.cpu;

/** Plain loops; the JIT turns the inner one into vectors where it can. */
final class PlainMath implements PanelMath {
  @Override
  public void multiply(float[] sums, float[] panel, int first, int last, float[] x, int from) {
    for (int k = first; k < last; k++) {
      float factor = x[from + k];
      int at = k * Panels.OUTPUTS;
      for (int n = 0; n < Panels.OUTPUTS; n++) {
        sums[n] = Math.fma(factor, panel[at + n], sums[n]);
      }
    }
  }

  @Override
  public boolean vectors() {
    return false;
  }
}
