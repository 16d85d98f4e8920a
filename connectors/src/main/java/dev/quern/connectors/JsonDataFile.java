package dev.quern.connectors;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.table.ColumnStatistics;
import dev.quern.executor.table.TableException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.vector.types.pojo.Schema;

/** A JSON Lines file and the types that all of its values have. */
record JsonDataFile(Path path, FileVersion version, Schema schema, long rows) implements DataFile {
  static JsonDataFile open(Path path) {
    FileVersion version = FileVersion.of(path);
    JsonShape shape = new JsonShape();
    long rows = 0;
    try (JsonLines lines = JsonLines.open(path)) {
      for (ObjectNode object = lines.next(); object != null; object = lines.next()) {
        shape.add(object);
        rows++;
      }
    }
    Schema schema = new Schema(shape.fields());
    if (schema.getFields().isEmpty()) {
      throw new TableException(
          path + " has no columns; it needs lines of JSON objects with at least one field");
    }
    return new JsonDataFile(path, version, schema, rows);
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
    return new RowCursor(path, schema, request, new JsonSource(JsonLines.open(path)));
  }
}
