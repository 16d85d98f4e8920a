package dev.quern.executor.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this machine. */
final class HostMemory {
  private static final Path MEMINFO = Path.of("/proc/meminfo");

  private HostMemory() {}

  /** Bytes that can be had without swapping; elsewhere than on Linux, bytes free. */
  static long availableBytes() {
    if (Files.isReadable(MEMINFO)) {
      try {
        for (String line : Files.readAllLines(MEMINFO)) {
          if (line.startsWith("MemAvailable:")) {
            return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
          }
        }
      } catch (IOException e) {
        // fall through to the portable figure
      }
    }
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getFreeMemorySize()
        : Runtime.getRuntime().maxMemory();
  }
}
