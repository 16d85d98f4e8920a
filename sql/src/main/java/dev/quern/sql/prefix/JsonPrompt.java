package dev.quern.sql.prefix;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.quern.connectors.TextTable;

/** A row's fields as one line of JSON, {@code {"name": "value", "name": "value"}}. */
final class JsonPrompt {
  /** Characters of a field beside its name and value: four quotes, colon, comma, two blanks. */
  static final int PER_FIELD = 8;

  private JsonPrompt() {}

  static String of(TextTable table, int row, int[] fields) {
    var json = new StringBuilder("{");
    for (int i = 0; i < fields.length; i++) {
      quote(json.append(i == 0 ? "" : ", "), table.names().get(fields[i]));
      quote(json.append(": "), table.columns().get(fields[i]).get(row));
    }
    return json.append('}').toString();
  }

  private static void quote(StringBuilder json, String text) {
    json.append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, json);
    json.append('"');
  }
}
