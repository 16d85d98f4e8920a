package dev.quern.executor.model.packed;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where a packed file goes; tests give one that is full. */
interface Disk {
  /** Bytes that can still be written to a folder. */
  long usableBytes(Path folder) throws IOException;

  /** A new file. */
  FileChannel create(Path file) throws IOException;

  /** The disk of the file system. */
  static Disk ofFileSystem() {
    return new Disk() {
      @Override
      public long usableBytes(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
      }

      @Override
      public FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      }
    };
  }
}
