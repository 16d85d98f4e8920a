package dev.quern.server.rows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An aligned table for people. The first rows set the widths of the columns; long values are
 * wrapped, never cut.
 */
public final class TableWriter implements RowWriter {
  /** Rows that are looked at before the widths are set. */
  private static final int SAMPLE_ROWS = 100;

  private final OutputStream out;
  private final int lineWidth;

  private List<Column> columns = List.of();
  private final List<List<List<String>>> held = new ArrayList<>();

  /** Null until the widths are set. */
  private int[] widths;

  private long rows;

  /**
   * @param lineWidth character cells of a line
   */
  public TableWriter(OutputStream out, int lineWidth) {
    this.out = out;
    this.lineWidth = lineWidth;
  }

  @Override
  public void begin(ResultSetMetaData metaData) throws SQLException {
    columns = Column.of(metaData);
    widths = null;
    rows = 0;
  }

  @Override
  public void row(List<Object> values) throws SQLException, IOException {
    List<List<String>> cells = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      cells.add(
          CellText.lines(value == null ? "NULL" : ValueText.of(value, columns.get(i).shape())));
    }
    rows++;
    if (widths == null) {
      held.add(cells);
      if (held.size() >= SAMPLE_ROWS) {
        flush();
      }
    } else {
      write(cells);
      out.flush();
    }
  }

  @Override
  public void flush() throws IOException {
    if (widths != null || held.isEmpty()) {
      return;
    }
    setWidths(true);
    writeHeld();
  }

  @Override
  public void end() throws IOException {
    if (widths == null) {
      setWidths(false);
      writeHeld();
    }
    print("(" + rows + (rows == 1 ? " row)" : " rows)") + "\n");
    out.flush();
  }

  /**
   * @param moreToCome whether text columns should have room for rows longer than those seen
   */
  private void setWidths(boolean moreToCome) {
    int[] wanted = new int[columns.size()];
    for (int i = 0; i < wanted.length; i++) {
      int column = i;
      wanted[i] =
          Math.max(
              CellText.width(columns.get(i).name()),
              held.stream()
                  .flatMap(cells -> cells.get(column).stream())
                  .mapToInt(CellText::width)
                  .max()
                  .orElse(0));
    }
    widths = ColumnWidths.share(wanted, lineWidth);
    if (moreToCome) {
      int spare = lineWidth - Arrays.stream(widths).sum() - ColumnWidths.SEPARATOR * wanted.length;
      int last = wanted.length - 1;
      if (spare > 0 && last >= 0 && !columns.get(last).number()) {
        widths[last] += spare;
      }
    }
  }

  private void writeHeld() throws IOException {
    List<List<String>> names = new ArrayList<>();
    columns.forEach(column -> names.add(CellText.lines(column.name())));
    write(names);
    StringBuilder rule = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      rule.append(i == 0 ? "-" : "-+-").append("-".repeat(widths[i]));
    }
    print(rule.append("-\n").toString());
    for (List<List<String>> cells : held) {
      write(cells);
    }
    held.clear();
    out.flush();
  }

  private void write(List<List<String>> cells) throws IOException {
    List<List<String>> wrapped = new ArrayList<>();
    int height = 1;
    for (int i = 0; i < widths.length; i++) {
      int width = widths[i];
      List<String> lines =
          cells.get(i).stream().flatMap(line -> CellText.wrap(line, width).stream()).toList();
      wrapped.add(lines);
      height = Math.max(height, lines.size());
    }
    for (int y = 0; y < height; y++) {
      StringBuilder line = new StringBuilder(" ");
      for (int i = 0; i < widths.length; i++) {
        List<String> lines = wrapped.get(i);
        String piece = y < lines.size() ? lines.get(y) : "";
        line.append(i == 0 ? "" : " | ")
            .append(CellText.pad(piece, widths[i], columns.get(i).number()));
      }
      print(line.toString().stripTrailing() + "\n");
    }
  }

  private void print(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
