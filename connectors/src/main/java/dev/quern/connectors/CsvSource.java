package dev.quern.connectors;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Parses the wanted fields of CSV records; the file's types hold every value of it. */
final class CsvSource implements RowCursor.RowSource {
  private final CsvRows rows;
  private final int[] wanted;

  CsvSource(CsvDataFile file, List<String> columns) {
    rows = CsvRows.open(file.path());
    wanted = columns.stream().mapToInt(rows.names()::indexOf).toArray();
  }

  @Override
  public boolean next(VectorSchemaRoot root, int index) {
    CsvRows.Row row = rows.next();
    if (row == null) {
      return false;
    }
    for (int c = 0; c < wanted.length; c++) {
      String value = row.fields().get(wanted[c]);
      if (value == null) {
        root.getVector(c).setNull(index);
      } else {
        put(root.getVector(c), index, value);
      }
    }
    return true;
  }

  private static void put(FieldVector vector, int index, String value) {
    switch (vector) {
      case BitVector bits -> bits.setSafe(index, value.equalsIgnoreCase("true") ? 1 : 0);
      case BigIntVector longs -> longs.setSafe(index, Long.parseLong(value));
      case Float8Vector doubles -> doubles.setSafe(index, CsvType.parseDouble(value));
      case DateDayVector days ->
          days.setSafe(index, Math.toIntExact(LocalDate.parse(value).toEpochDay()));
      case TimeStampMicroVector times -> times.setSafe(index, CsvType.parseTime(value));
      case VarCharVector texts -> texts.setSafe(index, value.getBytes(StandardCharsets.UTF_8));
      default -> throw new IllegalArgumentException("no CSV type for " + vector.getField());
    }
  }

  @Override
  public void close() {
    rows.close();
  }
}
