package dev.quern.server.query;

import dev.quern.server.CommandException;
import dev.quern.server.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that stands under its name only when it is whole: written beside it under a name of its
 * own, then moved. What is no regular file ({@code /dev/full}, a pipe) is written to as it is.
 */
public final class OutputFile implements AutoCloseable {
  private final Path file;

  /** Where the bytes go: the file itself where it cannot be replaced. */
  private final Path written;

  private final FileChannel channel;
  private final OutputStream out;
  private boolean committed;

  private OutputFile(Path file, Path written, FileChannel channel) {
    this.file = file;
    this.written = written;
    this.channel = channel;
    this.out = Channels.newOutputStream(channel);
  }

  /**
   * @throws CommandException (exit code 2) when the file cannot be made there
   */
  public static OutputFile create(Path file) {
    return create(file, "--output");
  }

  /**
   * @param option the option that names the file, for errors
   * @throws CommandException (exit code 2) when the file cannot be made there
   */
  public static OutputFile create(Path file, String option) {
    if (Files.isDirectory(file)) {
      throw CommandException.badCommand(option + " " + file + " is a folder; name a file in it");
    }
    boolean special = Files.exists(file) && !Files.isRegularFile(file);
    try {
      Path target = special || !Files.exists(file) ? file : file.toRealPath();
      Path written =
          special
              ? target
              : target.resolveSibling(
                  "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
      var channel =
          special
              ? FileChannel.open(written, StandardOpenOption.WRITE)
              : FileChannel.open(
                  written,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING);
      return new OutputFile(target, written, channel);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND, option + " " + file + " cannot be written: " + reason(e), e);
    }
  }

  /** Unbuffered. */
  public OutputStream stream() {
    return out;
  }

  /** Makes the content durable and gives it its name. */
  public void commit() throws IOException {
    boolean special = written.equals(file);
    if (!special) {
      channel.force(true);
    }
    channel.close();
    if (!special) {
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    committed = true;
  }

  /** Without a commit before it, nothing is left. */
  @Override
  public void close() throws IOException {
    if (committed) {
      return;
    }
    channel.close();
    if (!written.equals(file)) {
      Files.deleteIfExists(written);
    }
  }

  /** What went wrong in words: the JDK's messages are sometimes only the file's name. */
  public static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException _ -> "the folder does not exist";
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      case java.nio.file.FileSystemException f when f.getReason() != null -> f.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
