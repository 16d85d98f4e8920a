package dev.quern.sql.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Sorts rows by a text and a number. Rows beyond the memory allowed are kept in sorted temporary
 * files that are merged when the rows are read.
 */
final class ExternalSort implements AutoCloseable {
  private static final Comparator<Entry> ORDER =
      Comparator.comparing(Entry::key).thenComparingLong(Entry::number);

  /** A row and its place in the order. */
  record Entry(String key, long number, Object[] row) {
    private Object[] stored() {
      Object[] stored = Arrays.copyOf(row, row.length + 2);
      stored[row.length] = key;
      stored[row.length + 1] = number;
      return stored;
    }

    private static Entry of(Object[] stored) {
      int columns = stored.length - 2;
      return new Entry(
          (String) stored[columns], (Long) stored[columns + 1], Arrays.copyOf(stored, columns));
    }
  }

  /** A sorted run while it is merged. */
  private static final class Run {
    private final RowFile.Reader rows;
    private Entry next;

    Run(RowFile.Reader rows) {
      this.rows = rows;
      advance();
    }

    void advance() {
      Object[] stored = rows.next();
      next = stored == null ? null : Entry.of(stored);
    }
  }

  private final long memory;
  private final List<RowFile> files = new ArrayList<>();
  private final List<RowFile.Reader> readers = new ArrayList<>();
  private final PriorityQueue<Run> runs =
      new PriorityQueue<>(Comparator.comparing(run -> run.next, ORDER));
  private List<Entry> entries = new ArrayList<>();
  private long held;
  private int taken;

  /**
   * @param memory bytes that rows may take, estimated
   */
  ExternalSort(long memory) {
    this.memory = memory;
  }

  void add(Entry entry) {
    entries.add(entry);
    held += RowCodec.memory(entry.row()) + 2L * entry.key().length() + 96;
    if (held > memory) {
      spill();
    }
  }

  private void spill() {
    entries.sort(ORDER);
    var file = new RowFile();
    files.add(file);
    entries.forEach(entry -> file.write(entry.stored()));
    file.end();
    entries = new ArrayList<>();
    held = 0;
  }

  /** No more rows come: they can be taken from now on. */
  void sort() {
    if (files.isEmpty()) {
      entries.sort(ORDER);
      return;
    }
    if (!entries.isEmpty()) {
      spill();
    }
    for (RowFile file : files) {
      readers.add(file.read());
      var run = new Run(readers.getLast());
      if (run.next != null) {
        runs.add(run);
      }
    }
  }

  /** The next row in order; null behind the last. */
  Entry next() {
    if (files.isEmpty()) {
      return taken < entries.size() ? entries.set(taken++, null) : null;
    }
    Run run = runs.poll();
    if (run == null) {
      return null;
    }
    Entry entry = run.next;
    run.advance();
    if (run.next != null) {
      runs.add(run);
    }
    return entry;
  }

  /** Number of files written so far. */
  int files() {
    return files.size();
  }

  @Override
  public void close() {
    readers.forEach(RowFile.Reader::close);
    files.forEach(RowFile::close);
    entries = List.of();
  }
}
