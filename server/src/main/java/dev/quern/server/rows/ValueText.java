package dev.quern.server.rows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.SQLException;
import java.sql.Struct;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Values as text for CSV and tables; those with parts are written as JSON. */
final class ValueText {
  private static final JsonFactory JSON = new JsonFactory();

  private ValueText() {}

  /** The text of a value that is not null. */
  static String of(Object value, ValueShape shape) throws SQLException, IOException {
    return switch (value) {
      case BigDecimal d -> d.toPlainString();
      case byte[] bytes -> HexFormat.of().formatHex(bytes);
      case Struct _, Array _, Map<?, ?> _, List<?> _, Object[] _ -> json(value, shape);
      default -> value.toString();
    };
  }

  private static String json(Object value, ValueShape shape) throws SQLException, IOException {
    var text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      JsonValues.write(json, value, shape);
    }
    return text.toString();
  }
}
