package dev.quern.server;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The three standard streams, UTF-8 whatever the locale, and which of them are terminals.
 *
 * @param data standard output for rows: unlike a PrintStream it reports what cannot be written
 * @param columns width of the terminal that standard output is, in character cells
 */
public record Console(
    InputStream in,
    OutputStream data,
    PrintStream out,
    PrintStream err,
    boolean inTerminal,
    boolean outTerminal,
    boolean errTerminal,
    int columns) {

  /** Width that tables are set in where standard output is no terminal. */
  public static final int DEFAULT_COLUMNS = 120;

  /**
   * The streams of this process. The launcher says which are terminals in {@code quern.terminal}
   * (the digits of their descriptors): the JVM itself cannot tell standard error from the others.
   */
  public static Console ofProcess() {
    String terminals = System.getProperty("quern.terminal", "");
    var out = new FileOutputStream(FileDescriptor.out);
    return new Console(
        new FileInputStream(FileDescriptor.in),
        out,
        new PrintStream(out, false, StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        terminals.contains("0"),
        terminals.contains("1"),
        terminals.contains("2"),
        columns(System.getProperty("quern.columns", "")));
  }

  /** A line for the person at the other end, beside the data. */
  public void notice(String text) {
    err.println("quern: " + text);
  }

  private static int columns(String text) {
    // A terminal of unknown size reports 0.
    return text.matches("[1-9][0-9]{0,4}") ? Math.max(20, Integer.parseInt(text)) : DEFAULT_COLUMNS;
  }
}
