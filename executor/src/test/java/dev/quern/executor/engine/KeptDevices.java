package dev.quern.executor.engine;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceDescription;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.DeviceProvider;
import dev.quern.executor.device.Devices;
import java.util.ArrayList;
import java.util.List;

/** {@code --device kept}: CPU devices that a test can look at when an engine is done with them. */
public final class KeptDevices implements DeviceProvider {
  static final String KIND = "kept";

  private static final List<Device> OPENED = new ArrayList<>();

  /** All that were opened since the last call. */
  static synchronized List<Device> take() {
    List<Device> opened = List.copyOf(OPENED);
    OPENED.clear();
    return opened;
  }

  private static synchronized Device keep(Device device) {
    OPENED.add(device);
    return device;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public List<DeviceDescription> list() {
    return List.of();
  }

  @Override
  public Device open(String name, DeviceOptions options) {
    return keep(Devices.open("cpu", options));
  }
}
