package dev.quern.executor.device;

import java.util.List;

/** Opens devices of one kind; found through {@link java.util.ServiceLoader}. */
public interface DeviceProvider {
  /** The part of a device name before the colon: cpu, reference, cuda. */
  String kind();

  /**
   * The devices of this kind on this machine.
   *
   * @throws DeviceException with the driver's own words when they cannot be listed
   */
  List<DeviceDescription> list();

  /** Opens a device or throws; nothing falls back silently. {@code name} is such as cuda:0. */
  Device open(String name, DeviceOptions options);
}
