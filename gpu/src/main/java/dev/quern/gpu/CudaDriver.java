package dev.quern.gpu;

import dev.quern.executor.device.DeviceDescription;
import dev.quern.executor.device.DeviceException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** The CUDA driver of this machine. JCuda hands status codes back; every one is checked here. */
final class CudaDriver {
  private final String version;

  private CudaDriver(String version) {
    this.version = version;
  }

  /**
   * Loads and initialises the driver.
   *
   * @throws DeviceException with the loader's or the driver's own words
   */
  static CudaDriver open() {
    new CudaLibrary(Path.of(System.getProperty("java.io.tmpdir"))).load();
    check(JCudaDriver.cuInit(0), "cuInit", "flags 0");
    int[] number = new int[1];
    check(JCudaDriver.cuDriverGetVersion(number), "cuDriverGetVersion", "");
    // 12060 stands for 12.6.
    return new CudaDriver(number[0] / 1000 + "." + number[0] % 1000 / 10);
  }

  /** The newest CUDA that the driver serves, such as 12.6. */
  String version() {
    return version;
  }

  List<DeviceDescription> devices() {
    int[] count = new int[1];
    check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount", "");
    List<DeviceDescription> devices = new ArrayList<>();
    for (int ordinal = 0; ordinal < count[0]; ordinal++) {
      devices.add(describe(ordinal));
    }
    return devices;
  }

  private DeviceDescription describe(int ordinal) {
    var device = new CUdevice();
    String where = "device " + ordinal;
    check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet", where);
    byte[] name = new byte[256];
    check(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName", where);
    int major =
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, where);
    int minor =
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, where);
    long[] total = new long[1];
    check(JCudaDriver.cuDeviceTotalMem(total, device), "cuDeviceTotalMem", where);
    return new DeviceDescription(
        "cuda:" + ordinal,
        text(name) + ", compute capability " + major + "." + minor + ", driver " + version,
        total[0],
        freeBytes(device, where));
  }

  /** Free memory can only be asked for inside a context: the device's primary one, held briefly. */
  private static long freeBytes(CUdevice device, String where) {
    var context = new CUcontext();
    check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain", where);
    try {
      check(JCudaDriver.cuCtxPushCurrent(context), "cuCtxPushCurrent", where);
      try {
        long[] free = new long[1];
        check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo", where);
        return free[0];
      } finally {
        check(JCudaDriver.cuCtxPopCurrent(new CUcontext()), "cuCtxPopCurrent", where);
      }
    } finally {
      check(JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease", where);
    }
  }

  private static int attribute(CUdevice device, int attribute, String where) {
    int[] value = new int[1];
    check(
        JCudaDriver.cuDeviceGetAttribute(value, attribute, device),
        "cuDeviceGetAttribute",
        CUdevice_attribute.stringFor(attribute) + " of " + where);
    return value[0];
  }

  private static String text(byte[] terminated) {
    int length = 0;
    while (length < terminated.length && terminated[length] != 0) {
      length++;
    }
    return new String(terminated, 0, length, StandardCharsets.UTF_8);
  }

  /**
   * @param detail what the call was about, for the message; may be empty
   */
  static void check(int status, String call, String detail) {
    if (status == CUresult.CUDA_SUCCESS) {
      return;
    }
    // The driver's sentence; a driver that does not know its own status gives none.
    String[] sentence = new String[1];
    int known = JCudaDriver.cuGetErrorString(status, sentence);
    throw new DeviceException(
        call
            + " failed with status "
            + status
            + " ("
            + CUresult.stringFor(status)
            + (known == CUresult.CUDA_SUCCESS && sentence[0] != null ? ", " + sentence[0] : "")
            + ")"
            + (detail.isEmpty() ? "" : ": " + detail));
  }
}
