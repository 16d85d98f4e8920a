package dev.quern.executor.device;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Finds the provider of a device name. */
public final class Devices {
  private Devices() {}

  /**
   * Opens {@code cpu}, {@code reference}, {@code cuda:0}, ..
   *
   * @throws DeviceException when there is no such device, with the reason
   */
  public static Device open(String name, DeviceOptions options) {
    int colon = name.indexOf(':');
    String kind = colon < 0 ? name : name.substring(0, colon);
    List<String> known = new ArrayList<>();
    for (DeviceProvider provider : ServiceLoader.load(DeviceProvider.class)) {
      if (provider.kind().equals(kind)) {
        return provider.open(name, options);
      }
      known.add(provider.kind());
    }
    throw new DeviceException(
        "--device " + name + ": no device of kind '" + kind + "'; known kinds: " + known);
  }
}
