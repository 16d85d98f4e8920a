package dev.quern.server.query;

import dev.quern.server.CommandException;
import dev.quern.server.ExitCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads text that a user names; it is UTF-8. */
public final class Utf8Files {
  private Utf8Files() {}

  /**
   * @param option the option that names the file, for errors
   * @throws CommandException (exit code 2) when the file is missing, unreadable or not UTF-8
   */
  public static String read(Path file, String option) {
    String where = option + " " + file;
    try {
      return decode(Files.readAllBytes(file), where);
    } catch (NoSuchFileException e) {
      throw new CommandException(ExitCode.BAD_COMMAND, where + ": there is no such file", e);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND, where + " cannot be read: " + OutputFile.reason(e), e);
    }
  }

  /** The text of bytes, without a byte order mark. */
  static String decode(byte[] bytes, String where) {
    var input = ByteBuffer.wrap(bytes);
    var output = CharBuffer.allocate(bytes.length);
    if (StandardCharsets.UTF_8.newDecoder().decode(input, output, true).isError()) {
      throw CommandException.badCommand(
          where + " is not UTF-8 at byte " + input.position() + "; convert it, with iconv for one");
    }
    String text = output.flip().toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}
