package dev.quern.executor.swap;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Slots in a file, each with a checksum in memory: a disk that gives back other bytes than it took
 * must not change an answer.
 */
final class SpillFile implements SwapSlots {
  private final SpillStorage storage;
  private final long blockBytes;
  private int[] sums = new int[64];

  SpillFile(SpillStorage storage, long blockBytes) {
    this.storage = storage;
    this.blockBytes = blockBytes;
  }

  @Override
  public void write(int slot, MemorySegment content) throws IOException {
    if (slot >= sums.length) {
      sums = Arrays.copyOf(sums, 2 * sums.length);
    }
    sums[slot] = sum(content);
    storage.write(content.asByteBuffer(), slot * blockBytes);
  }

  @Override
  public MemorySegment read(int slot, MemorySegment staging) throws IOException {
    MemorySegment content = staging.asSlice(0, blockBytes);
    storage.read(content.asByteBuffer(), slot * blockBytes);
    if (sum(content) != sums[slot]) {
      throw new IOException("the bytes at " + slot * blockBytes + " are not those written");
    }
    return content;
  }

  private static int sum(MemorySegment content) {
    var crc = new CRC32C();
    ByteBuffer bytes = content.asByteBuffer();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  @Override
  public void close() {
    try {
      storage.close();
    } catch (IOException e) {
      // Nothing in it is wanted any more.
    }
  }

  @Override
  public String toString() {
    return storage.toString();
  }
}
