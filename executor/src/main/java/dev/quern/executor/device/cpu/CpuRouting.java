package dev.quern.executor.device.cpu;

import dev.quern.executor.device.host.HostRouting;

/** Router output that this device made. */
final class CpuRouting extends HostRouting {
  CpuRouting(int capacity, int topK) {
    super(capacity, topK);
  }
}
