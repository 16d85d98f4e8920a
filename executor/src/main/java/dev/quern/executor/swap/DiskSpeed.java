package dev.quern.executor.swap;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How fast a folder's disk is without the page cache, which a machine short of memory lacks. */
public final class DiskSpeed {
  private static final int PIECE = 1 << 20;
  private static final int PIECES = 16;

  private DiskSpeed() {}

  /**
   * Microseconds a byte, from writing 16 MiB and waiting until they are on the disk. A read is
   * taken to cost the same: what was just written would come from the page cache.
   */
  public static double microsPerByte(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "quern-swap-", ".probe");
    try (Arena arena = Arena.ofConfined()) {
      ByteBuffer piece = arena.allocate(PIECE).asByteBuffer();
      for (int i = 0; i < PIECE; i++) {
        piece.put(i, (byte) (i * 31 + i / 251)); // nothing that a file system compresses away
      }
      long start = System.nanoTime();
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        for (int i = 0; i < PIECES; i++) {
          piece.clear();
          while (piece.hasRemaining()) {
            channel.write(piece);
          }
        }
        channel.force(false);
      }
      return (System.nanoTime() - start) / 1e3 / PIECES / PIECE;
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
