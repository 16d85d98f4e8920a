package dev.quern.executor.device.cpu;

/** The inner loop of the Java kernels. */
interface PanelMath {
  /**
   * sums[n] += x[from + k] * panel[k * 32 + n] for k in [first, last) ascending and n in [0, 32),
   * one fused multiply-add each: the reduction order of every product.
   */
  void multiply(float[] sums, float[] panel, int first, int last, float[] x, int from);

  /** Whether it uses the Vector API. */
  boolean vectors();

  /** The Vector API's where the JVM was started with its module, else plain loops. */
  static PanelMath best() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        ? new VectorMath() // the only place that loads a class of that module
        : new PlainMath();
  }
}
