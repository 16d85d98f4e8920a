package dev.quern.connectors;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The records of a CSV file behind its header, all as long as the header. */
final class CsvRows implements AutoCloseable {
  private static final int LARGEST_FIELD = 1 << 28;

  private final Path path;
  private final CsvReader<Row> reader;
  private final CloseableIterator<Row> rows;
  private final List<String> header;

  /**
   * @param line the first line of the record, from 1
   * @param fields null for NULL: an empty field without quotes
   */
  record Row(long line, List<String> fields) {}

  private CsvRows(Path path, CsvReader<Row> reader) {
    this.path = path;
    this.reader = reader;
    this.rows = reader.iterator();
    this.header = header();
  }

  static CsvRows open(Path path) {
    try {
      return new CsvRows(
          path,
          CsvReader.builder()
              .fieldSeparator(TableFormat.isTabSeparated(path) ? '\t' : ',')
              .skipEmptyLines(false)
              .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
              .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
              .allowUnclosedQuote(false)
              .maxBufferSize(LARGEST_FIELD)
              .build(new Handler(), new Utf8Reader(path, TextInput.open(path))));
    } catch (IOException e) {
      throw FileErrors.unreadable(path, e);
    }
  }

  List<String> names() {
    return header;
  }

  private List<String> header() {
    Row first = guarded(() -> rows.hasNext() ? rows.next() : null);
    if (first == null || first.fields().stream().allMatch(f -> f == null)) {
      throw new TableException(
          path + " has no header; its first line must name the columns, separated by commas");
    }
    List<String> names = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String field : first.fields()) {
      String name = field == null || field.isEmpty() ? "column_" + (names.size() + 1) : field;
      if (!seen.add(name)) {
        throw new TableException(
            path + ", line 1: column \"" + name + "\" is named twice; rename one of them");
      }
      names.add(name);
    }
    return names;
  }

  /** The next record, or null at the end. */
  Row next() {
    while (true) {
      Row row = guarded(() -> rows.hasNext() ? rows.next() : null);
      if (row == null || row.fields().size() == header.size()) {
        return row;
      }
      boolean blank = row.fields().size() == 1 && row.fields().getFirst() == null;
      if (!blank) {
        throw new TableException(
            path
                + ", line "
                + row.line()
                + ": "
                + row.fields().size()
                + " fields where the header has "
                + header.size()
                + "; add or remove a separator, or put the field that contains one in quotes");
      }
    }
  }

  private Row guarded(Supplier<Row> step) {
    try {
      return step.get();
    } catch (CsvParseException e) {
      if (e.getCause() instanceof TableException known) {
        throw known;
      }
      throw new TableException(
          path
              + ": "
              + FileErrors.reason(e)
              + (e.getCause() == null ? "" : " (" + FileErrors.reason(e.getCause()) + ")")
              + "; close the quotes, and double those inside a quoted field",
          e);
    } catch (UncheckedIOException e) {
      throw FileErrors.unreadable(path, e.getCause());
    }
  }

  @Override
  public void close() {
    try {
      rows.close();
      reader.close();
    } catch (IOException e) {
      throw FileErrors.unreadable(path, e);
    }
  }

  private static final class Handler extends AbstractBaseCsvCallbackHandler<Row> {
    private List<String> fields = new ArrayList<>();

    @Override
    protected void handleBegin(long startingLineNumber) {
      fields = new ArrayList<>(fields.size());
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
      fields.add(length == 0 && !quoted ? null : new String(buffer, offset, length));
    }

    @Override
    protected void handleEmpty() {
      fields.add(null);
    }

    @Override
    protected Row buildRecord() {
      return new Row(getStartingLineNumber(), fields);
    }
  }
}
