package dev.quern.gpu;

import dev.quern.executor.device.DeviceDescription;
import dev.quern.executor.device.DeviceException;
import dev.quern.executor.device.DeviceOptions;

/** Child process of {@link CudaDeviceProviderTest}: a driver can be loaded only once a JVM. */
final class ListDevices {
  private ListDevices() {}

  public static void main(String[] arguments) {
    var provider = new CudaDeviceProvider();
    try {
      for (DeviceDescription device : provider.list()) {
        System.out.println(device);
      }
      for (String name : arguments) {
        try {
          provider.open(name, DeviceOptions.DEFAULT).close();
        } catch (DeviceException e) {
          System.out.println(e.getMessage());
        }
      }
    } catch (DeviceException e) {
      System.out.println(e.getMessage());
    }
  }
}
