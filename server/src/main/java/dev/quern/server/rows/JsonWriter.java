package dev.quern.server.rows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;

/** One JSON object a row, one row a line, names as in the query. */
public final class JsonWriter implements RowWriter {
  private final JsonGenerator json;
  private List<Column> columns = List.of();

  public JsonWriter(OutputStream out) throws IOException {
    json =
        new JsonFactory()
            .createGenerator(out)
            .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
            .setPrettyPrinter(new MinimalPrettyPrinter(""));
  }

  @Override
  public void begin(ResultSetMetaData metaData) throws SQLException {
    columns = Column.of(metaData);
  }

  @Override
  public void row(List<Object> values) throws SQLException, IOException {
    json.writeStartObject();
    for (int i = 0; i < values.size(); i++) {
      Column column = columns.get(i);
      json.writeFieldName(column.name());
      JsonValues.write(json, values.get(i), column.shape());
    }
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
  }

  @Override
  public void end() {}

  @Override
  public void flush() {}
}
