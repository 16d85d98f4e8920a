package dev.quern.connectors;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How files are created; tests put a full disk here. */
@FunctionalInterface
interface Storage {
  Storage DISK =
      path ->
          new BufferedOutputStream(
              Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              1 << 16);

  OutputStream create(Path path) throws IOException;

  /** Makes the bytes of a file, or the names in a folder, survive a power cut. */
  static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
