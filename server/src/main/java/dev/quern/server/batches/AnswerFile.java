package dev.quern.server.batches;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;

/** A file of answers that grows: what a killed server left of it is kept as far as it is whole. */
final class AnswerFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private int lines;

  /**
   * Opens it, and cuts it behind its last whole line: after a kill -9 the last may be torn, after a
   * loss of power what was not forced may be anything.
   *
   * @param answered receives the numbers of the requests that have their answer here
   */
  AnswerFile(Path path, AnswerLines format, BitSet answered) throws IOException {
    this.path = path;
    long whole = 0;
    if (Files.exists(path)) {
      try (var source = new LineSource(path, Integer.MAX_VALUE - 8)) {
        for (var line = source.next(); line != null; line = source.next()) {
          int number = format.number(line.bytes());
          if (number <= 0 || whole + line.bytes().length >= Files.size(path)) {
            break;
          }
          answered.set(number);
          lines++;
          whole += line.bytes().length + 1;
        }
      }
    }
    channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.truncate(whole).position(whole).force(true);
  }

  /** Lines that are on disk. */
  int lines() {
    return lines;
  }

  /** Appends lines, each with its end; they are on disk when this returns. */
  void append(List<byte[]> more) throws IOException {
    if (more.isEmpty()) {
      return;
    }
    for (byte[] line : more) {
      for (ByteBuffer rest = ByteBuffer.wrap(line); rest.hasRemaining(); ) {
        channel.write(rest);
      }
    }
    channel.force(false);
    lines += more.size();
  }

  /** Closes it and, where it is empty, deletes it. */
  boolean finish() throws IOException {
    channel.close();
    return !(lines == 0 && Files.deleteIfExists(path));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
