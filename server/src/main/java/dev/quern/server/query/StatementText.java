package dev.quern.server.query;

import dev.quern.server.CommandException;
import dev.quern.server.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads the statements of a job; they are UTF-8. */
public final class StatementText {
  private StatementText() {}

  /**
   * @throws CommandException (exit code 2) when the file is missing, unreadable or not UTF-8
   */
  public static List<String> ofFile(Path file) {
    try {
      return split(decode(Files.readAllBytes(file), "-f " + file), "-f " + file);
    } catch (NoSuchFileException e) {
      throw new CommandException(ExitCode.BAD_COMMAND, "-f " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND, "-f " + file + " cannot be read: " + OutputFile.reason(e), e);
    }
  }

  /** All of a stream, to its end. */
  public static List<String> ofStream(InputStream in) {
    try {
      return split(decode(in.readAllBytes(), "standard input"), "standard input");
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND, "standard input cannot be read: " + OutputFile.reason(e), e);
    }
  }

  /**
   * @param where named in errors
   * @throws CommandException (exit code 2) when there is no statement
   */
  public static List<String> split(String text, String where) {
    List<String> statements = StatementSplitter.split(text).all();
    if (statements.isEmpty()) {
      throw CommandException.badCommand(where + " holds no statement");
    }
    return statements;
  }

  private static String decode(byte[] bytes, String where) {
    var input = ByteBuffer.wrap(bytes);
    var output = new char[bytes.length];
    var decoder = StandardCharsets.UTF_8.newDecoder();
    var chars = java.nio.CharBuffer.wrap(output);
    var result = decoder.decode(input, chars, true);
    if (result.isError()) {
      throw CommandException.badCommand(
          where + " is not UTF-8: byte " + input.position() + "; convert it, with iconv for one");
    }
    String text = new String(output, 0, chars.position());
    // A byte order mark is no part of the first statement.
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}
