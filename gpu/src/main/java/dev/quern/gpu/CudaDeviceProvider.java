package dev.quern.gpu;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceDescription;
import dev.quern.executor.device.DeviceException;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.DeviceProvider;
import java.util.List;

/** CUDA devices: found and listed through the driver; their kernels are not built yet. */
public final class CudaDeviceProvider implements DeviceProvider {
  @Override
  public String kind() {
    return "cuda";
  }

  @Override
  public List<DeviceDescription> list() {
    return CudaDriver.open().devices();
  }

  /** Always throws: what is missing is the driver, the device, or for now the kernels. */
  @Override
  public Device open(String name, DeviceOptions options) {
    int ordinal = ordinal(name);
    List<DeviceDescription> devices = devices(name);
    if (ordinal >= devices.size()) {
      throw new DeviceException(
          "--device "
              + name
              + ": the driver has "
              + (devices.isEmpty()
                  ? "no device"
                  : "only " + devices.stream().map(DeviceDescription::name).toList()));
    }
    DeviceDescription found = devices.get(ordinal);
    throw new DeviceException(
        "--device "
            + name
            + ": CUDA kernels are not built yet; found "
            + found.description()
            + ", "
            + found.freeBytes()
            + " of "
            + found.totalBytes()
            + " bytes free; use --device cpu");
  }

  private List<DeviceDescription> devices(String name) {
    try {
      return list();
    } catch (DeviceException e) {
      throw new DeviceException(
          "--device " + name + ": " + e.getMessage() + "; use --device cpu, or install the driver",
          e);
    }
  }

  private static int ordinal(String name) {
    if (name.equals("cuda")) {
      return 0;
    }
    if (!name.matches("cuda:[0-9]{1,4}")) {
      throw new DeviceException("--device " + name + ": a CUDA device is named cuda:0, cuda:1, ..");
    }
    return Integer.parseInt(name.substring("cuda:".length()));
  }
}
