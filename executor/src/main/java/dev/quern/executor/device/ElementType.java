package dev.quern.executor.device;

/** Number formats of stored tensors, device tensors and KV blocks. */
public enum ElementType {
  F32(4),
  F16(2),
  BF16(2),
  INT8(1),
  INT32(4);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element. */
  public int bytes() {
    return bytes;
  }
}
