package dev.quern.executor.swap;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file in memory that goes wrong after a number of good calls. */
final class FaultyStorage implements SpillStorage {
  /** What goes wrong. */
  enum Fault {
    FULL,
    UNREADABLE,
    OTHER_BYTES
  }

  private final byte[] bytes = new byte[1 << 20];
  private final Fault fault;
  private int good;
  int writes;
  boolean closed;

  /**
   * @param good writes for FULL, reads for the others, that work
   */
  FaultyStorage(Fault fault, int good) {
    this.fault = fault;
    this.good = good;
  }

  @Override
  public void write(ByteBuffer source, long at) throws IOException {
    writes++;
    if (fault == Fault.FULL && good-- <= 0) {
      throw new IOException("No space left on device");
    }
    source.get(bytes, (int) at, source.remaining());
  }

  @Override
  public void read(ByteBuffer target, long at) throws IOException {
    boolean wrong = fault != Fault.FULL && good-- <= 0;
    if (wrong && fault == Fault.UNREADABLE) {
      throw new IOException("Input/output error");
    }
    int length = target.remaining();
    target.put(bytes, (int) at, length);
    if (wrong) {
      target.put(length / 2, (byte) (target.get(length / 2) + 1));
    }
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public String toString() {
    return "a spill file of a test";
  }
}
