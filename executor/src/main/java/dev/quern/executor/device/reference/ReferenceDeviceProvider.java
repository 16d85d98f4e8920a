package dev.quern.executor.device.reference;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceDescription;
import dev.quern.executor.device.DeviceException;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.DeviceProvider;
import java.util.List;

/** {@code --device reference}. */
public final class ReferenceDeviceProvider implements DeviceProvider {
  static final String KIND = "reference";

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public List<DeviceDescription> list() {
    Runtime runtime = Runtime.getRuntime();
    return List.of(
        new DeviceDescription(
            KIND,
            ReferenceDevice.DESCRIPTION,
            runtime.maxMemory(),
            runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory()));
  }

  @Override
  public Device open(String name, DeviceOptions options) {
    if (!name.equals(KIND)) {
      throw new DeviceException(
          "--device " + name + ": there is one reference device, '" + KIND + "'");
    }
    return new ReferenceDevice(options);
  }
}
