package dev.quern.sql.run;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;

/**
 * Rows that are made once and read several times. The reader that is ahead drives the input; what
 * does not fit into memory goes to a temporary file, once the input has ended or memory is full.
 */
public final class SharedRows extends AbstractEnumerable<Object[]> implements AutoCloseable {
  private final long memory;
  private final Enumerable<Object[]> input;
  private final List<Object[]> kept = new ArrayList<>();
  private long held;
  private Enumerator<Object[]> rows;
  private RowFile file;
  private long filed;
  private boolean ended;

  /**
   * @param memory bytes that rows may take, estimated
   */
  public SharedRows(Enumerable<Object[]> input, long memory) {
    this.input = input;
    this.memory = memory;
  }

  @Override
  public Enumerator<Object[]> enumerator() {
    return new Reader();
  }

  /** Takes one more row from the input; null where it has ended. */
  private Object[] pull() {
    if (ended) {
      return null;
    }
    if (rows == null) {
      rows = input.enumerator();
    }
    if (!rows.moveNext()) {
      ended = true;
      rows.close();
      if (file != null) {
        file.end();
      }
      return null;
    }
    Object[] row = rows.current();
    if (held <= memory) {
      held += RowCodec.memory(row);
      kept.add(row);
    } else {
      if (file == null) {
        file = new RowFile();
      }
      file.write(row);
      filed++;
    }
    return row;
  }

  @Override
  public void close() {
    if (rows != null && !ended) {
      rows.close();
    }
    if (file != null) {
      file.close();
    }
  }

  private final class Reader implements Enumerator<Object[]> {
    private long next;
    private RowFile.Reader fromFile;
    private Object[] current;

    @Override
    public boolean moveNext() {
      if (next < kept.size()) {
        current = kept.get((int) next++);
        return true;
      }
      if (next < kept.size() + filed) {
        // Behind another reader, which must first bring the file to its end.
        while (!ended) {
          pull();
        }
        if (fromFile == null) {
          fromFile = file.read();
          for (long i = kept.size(); i < next; i++) {
            fromFile.next();
          }
        }
        current = fromFile.next();
      } else {
        current = pull();
      }
      next++;
      return current != null;
    }

    @Override
    public Object[] current() {
      return current;
    }

    @Override
    public void reset() {
      next = 0;
      close();
    }

    @Override
    public void close() {
      if (fromFile != null) {
        fromFile.close();
        fromFile = null;
      }
    }
  }
}
