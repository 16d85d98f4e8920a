package dev.quern.executor.device.reference;

/** Bytes that weights, caches and tensors of one device take. */
final class Footprint {
  private long bytes;

  void add(long more) {
    bytes += more;
  }

  long bytes() {
    return bytes;
  }
}
