package dev.quern.executor.swap;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that nobody else sees; tests give one whose disk is full or broken. */
interface SpillStorage extends AutoCloseable {
  /** Writes all bytes at a place. */
  void write(ByteBuffer bytes, long at) throws IOException;

  /** Fills the buffer from a place. */
  void read(ByteBuffer bytes, long at) throws IOException;

  @Override
  void close() throws IOException;

  /**
   * A new file in a folder. Where the system allows it the name is removed at once, so that a
   * killed process leaves nothing; elsewhere when it is closed.
   */
  static SpillStorage in(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "quern-swap-", ".kv");
    // On Unix this option unlinks the file as soon as it is open.
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    return new SpillStorage() {
      @Override
      public void write(ByteBuffer bytes, long at) throws IOException {
        while (bytes.hasRemaining()) {
          channel.write(bytes, at + bytes.position());
        }
      }

      @Override
      public void read(ByteBuffer bytes, long at) throws IOException {
        while (bytes.hasRemaining()) {
          if (channel.read(bytes, at + bytes.position()) < 0) {
            throw new EOFException("the spill file ends at " + (at + bytes.position()));
          }
        }
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }

      @Override
      public String toString() {
        return "a spill file in " + folder;
      }
    };
  }
}
