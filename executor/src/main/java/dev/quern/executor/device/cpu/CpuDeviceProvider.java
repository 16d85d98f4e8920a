package dev.quern.executor.device.cpu;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceDescription;
import dev.quern.executor.device.DeviceException;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.DeviceProvider;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * {@code --device cpu}: the best kernels that this processor runs; {@code cpu:avx2}, {@code
 * cpu:java} and so on: those, or an error.
 */
public final class CpuDeviceProvider implements DeviceProvider {
  static final String KIND = "cpu";

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public List<DeviceDescription> list() {
    KernelChoice choice = KernelChoice.find();
    int threads = Runtime.getRuntime().availableProcessors();
    long free = 0;
    long total = 0;
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      free = system.getFreeMemorySize();
      total = system.getTotalMemorySize();
    }
    return List.of(
        new DeviceDescription(KIND, choice.describe(choice.best(), threads), total, free));
  }

  @Override
  public Device open(String name, DeviceOptions options) {
    KernelChoice choice = KernelChoice.find();
    int threads =
        options.threads() == 0 ? Runtime.getRuntime().availableProcessors() : options.threads();
    if (threads < 1) {
      throw new DeviceException("threads must be positive, or 0 for one a core, but is " + threads);
    }
    String wanted = name.equals(KIND) ? choice.best() : name.substring(KIND.length() + 1);
    Kernels kernels = choice.open(wanted);
    return new CpuDevice(kernels, threads, options, choice.describe(kernels.isa(), threads));
  }
}
