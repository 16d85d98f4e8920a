package dev.quern.server.query;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/** One line at the bottom of a terminal that is overwritten in place; on anything else, silence. */
public final class ProgressLine {
  private static final String ERASE = "\r\u001b[K";

  private final PrintStream err;
  private final boolean terminal;
  private final int columns;
  private boolean shown;

  public ProgressLine(PrintStream err, boolean terminal, int columns) {
    this.err = err;
    this.terminal = terminal;
    this.columns = columns;
  }

  public synchronized void show(String text) {
    if (terminal) {
      // A line that wraps could not be erased.
      err.print(ERASE + text.substring(0, Math.min(text.length(), columns - 1)));
      err.flush();
      shown = true;
    }
  }

  public synchronized void erase() {
    if (shown) {
      err.print(ERASE);
      err.flush();
      shown = false;
    }
  }

  /** The same stream, except that the line is erased before anything is written to it. */
  public OutputStream above(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(int b) throws IOException {
        erase();
        out.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        erase();
        out.write(bytes, offset, length);
      }
    };
  }
}
