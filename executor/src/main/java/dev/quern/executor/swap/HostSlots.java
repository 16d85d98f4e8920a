package dev.quern.executor.swap;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Slots in host memory, taken in pieces as they are first used. */
final class HostSlots implements SwapSlots {
  private static final long PIECE_BYTES = 64L << 20;

  private final Arena arena = Arena.ofShared();
  private final List<MemorySegment> pieces = new ArrayList<>();
  private final long blockBytes;
  private final int slotsOfPiece;

  HostSlots(long blockBytes) {
    this.blockBytes = blockBytes;
    slotsOfPiece = Math.toIntExact(Math.max(1, PIECE_BYTES / blockBytes));
  }

  @Override
  public void write(int slot, MemorySegment content) throws IOException {
    int piece = slot / slotsOfPiece;
    if (piece == pieces.size()) {
      try {
        pieces.add(arena.allocate(slotsOfPiece * blockBytes, 64));
      } catch (OutOfMemoryError e) {
        throw new IOException("no memory for " + slotsOfPiece * blockBytes + " bytes more", e);
      }
    }
    at(slot).copyFrom(content);
  }

  @Override
  public MemorySegment read(int slot, MemorySegment staging) {
    return at(slot);
  }

  private MemorySegment at(int slot) {
    return pieces.get(slot / slotsOfPiece).asSlice(slot % slotsOfPiece * blockBytes, blockBytes);
  }

  @Override
  public void close() {
    arena.close();
  }

  @Override
  public String toString() {
    return "host memory";
  }
}
