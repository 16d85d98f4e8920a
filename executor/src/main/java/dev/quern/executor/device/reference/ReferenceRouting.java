package dev.quern.executor.device.reference;

import dev.quern.executor.device.host.HostRouting;

/** Router output that this device made. */
final class ReferenceRouting extends HostRouting {
  ReferenceRouting(int capacity, int topK) {
    super(capacity, topK);
  }
}
