package dev.quern.executor.device.cpu;

import dev.quern.executor.device.DeviceException;

/** Placeholder until the Java kernels stand. */
final class JavaKernels {
  private JavaKernels() {}

  static Kernels open() {
    throw new DeviceException("java kernels are not built yet");
  }
}
