package dev.quern.connectors;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * A whole table as text in memory: what a CSV file holds, character by character, and the usual
 * text of other formats' values. NULL is the empty text, as in CSV.
 *
 * @param columns values, [column][row]
 */
public record TextTable(List<String> names, List<List<String>> columns) {
  /**
   * Reads {@code names} of a table, in this order.
   *
   * @throws dev.quern.executor.table.TableException naming a column that does not exist, or what
   *     cannot be read
   */
  public static TextTable read(FileTable table, List<String> names, BufferAllocator allocator) {
    List<List<String>> columns = new ArrayList<>();
    names.forEach(_ -> columns.add(new ArrayList<>()));
    if (table.format() == TableFormat.CSV) {
      // Checks the names; typed values would lose how a number was written.
      table.scan(names, List.of(), allocator).close();
      table.files().forEach(file -> readCsv(file, names, columns));
    } else {
      readBatches(table, names, columns, allocator);
    }
    return new TextTable(List.copyOf(names), Collections.unmodifiableList(columns));
  }

  /** All columns of a table. */
  public static List<String> names(FileTable table) {
    return table.schema().getFields().stream().map(Field::getName).toList();
  }

  private static void readCsv(
      java.nio.file.Path file, List<String> names, List<List<String>> columns) {
    try (CsvRows rows = CsvRows.open(file)) {
      int[] places = names.stream().mapToInt(rows.names()::indexOf).toArray();
      for (CsvRows.Row row = rows.next(); row != null; row = rows.next()) {
        for (int c = 0; c < places.length; c++) {
          columns.get(c).add(Objects.requireNonNullElse(row.fields().get(places[c]), ""));
        }
      }
    }
  }

  private static void readBatches(
      FileTable table, List<String> names, List<List<String>> columns, BufferAllocator allocator) {
    try (FileScan scan = table.scan(names, List.of(), allocator)) {
      while (scan.next()) {
        int rows = scan.batch().getRowCount();
        for (int c = 0; c < names.size(); c++) {
          FieldVector vector = scan.batch().getVector(c);
          for (int r = 0; r < rows; r++) {
            columns.get(c).add(Objects.toString(vector.getObject(r), ""));
          }
        }
      }
    }
  }
}
