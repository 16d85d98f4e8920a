package dev.quern.sql.run;

import dev.quern.executor.table.TableException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Rows in a temporary file, written once and read as often as wanted. The file goes when it is
 * closed.
 */
final class RowFile implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final Path path;
  private DataOutputStream out;

  /**
   * @throws TableException when the temporary folder cannot be written
   */
  RowFile() {
    try {
      path = Files.createTempFile("quern-rows", ".bin");
      out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(path), BUFFER));
    } catch (IOException e) {
      throw failed("cannot write", e);
    }
  }

  /** Adds a row: not after the first {@link #read}. */
  void write(Object[] row) {
    try {
      RowCodec.write(out, row);
    } catch (IOException e) {
      throw failed("cannot write", e);
    }
  }

  /** Ends writing; the rows can be read from now on. */
  void end() {
    try {
      out.close();
      out = null;
    } catch (IOException e) {
      throw failed("cannot write", e);
    }
  }

  /** Starts reading at the first row. */
  Reader read() {
    try {
      return new Reader(
          new DataInputStream(new BufferedInputStream(Files.newInputStream(path), BUFFER)));
    } catch (IOException e) {
      throw failed("cannot read", e);
    }
  }

  /** The rows in the order in which they were written. */
  final class Reader implements AutoCloseable {
    private final DataInputStream in;

    private Reader(DataInputStream in) {
      this.in = in;
    }

    /** The next row; null behind the last. */
    Object[] next() {
      try {
        return RowCodec.read(in);
      } catch (EOFException e) {
        return null;
      } catch (IOException e) {
        throw failed("cannot read", e);
      }
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw failed("cannot close", e);
      }
    }
  }

  private TableException failed(String what, IOException e) {
    return new TableException(
        what
            + " rows that do not fit into memory "
            + (path == null ? "to the temporary folder" : "in " + path)
            + ": "
            + e.getMessage()
            + "; free some space, or name another folder: -Djava.io.tmpdir=FOLDER",
        e);
  }

  @Override
  public void close() {
    try {
      if (out != null) {
        out.close();
      }
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw failed("cannot remove", e);
    }
  }
}
