package dev.quern.connectors;

import dev.quern.executor.table.ColumnStatistics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** A CSV file (RFC 4180, with a header line) and the types that all of its values have. */
record CsvDataFile(Path path, FileVersion version, List<CsvType> types, Schema schema, long rows)
    implements DataFile {
  static CsvDataFile open(Path path) {
    FileVersion version = FileVersion.of(path);
    try (CsvRows csv = CsvRows.open(path)) {
      List<EnumSet<CsvType>> possible = new ArrayList<>();
      csv.names().forEach(_ -> possible.add(EnumSet.allOf(CsvType.class)));
      long rows = 0;
      for (CsvRows.Row row = csv.next(); row != null; row = csv.next()) {
        rows++;
        for (int c = 0; c < possible.size(); c++) {
          String value = row.fields().get(c);
          if (value != null) {
            CsvType.narrow(possible.get(c), value);
          }
        }
      }
      List<CsvType> types = possible.stream().map(CsvType::of).toList();
      List<Field> fields = new ArrayList<>();
      for (int c = 0; c < types.size(); c++) {
        fields.add(
            new Field(csv.names().get(c), FieldType.nullable(types.get(c).arrow()), List.of()));
      }
      return new CsvDataFile(path, version, types, new Schema(fields), rows);
    }
  }

  @Override
  public OptionalLong rowCount() {
    return OptionalLong.of(rows);
  }

  @Override
  public Optional<ColumnStatistics> statistics(String column) {
    return Optional.empty();
  }

  @Override
  public BatchCursor open(Request request) {
    version.requireUnchanged(path);
    return new RowCursor(path, schema, request, new CsvSource(this, request.columns()));
  }
}
