package dev.quern.executor.device;

/**
 * @param threads worker threads of a CPU device; 0 takes one per core
 * @param activations how products with quantized weights take their activations
 */
public record DeviceOptions(int threads, Activations activations) {
  /**
   * AUTO is float32 for unquantized weights and int8, dynamic per token and group, for int8 ones.
   */
  public enum Activations {
    AUTO,
    F32,
    INT8
  }

  public static final DeviceOptions DEFAULT = new DeviceOptions(0, Activations.AUTO);
}
