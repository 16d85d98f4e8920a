package dev.quern.server.query;

import dev.quern.server.CommandException;
import dev.quern.server.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** Reads the statements of a job; they are UTF-8. */
public final class StatementText {
  private StatementText() {}

  /**
   * @throws CommandException (exit code 2) when the file is missing, unreadable or not UTF-8
   */
  public static List<String> ofFile(Path file) {
    return split(Utf8Files.read(file, "-f"), "-f " + file);
  }

  /** All of a stream, to its end. */
  public static List<String> ofStream(InputStream in) {
    try {
      return split(Utf8Files.decode(in.readAllBytes(), "standard input"), "standard input");
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
}
