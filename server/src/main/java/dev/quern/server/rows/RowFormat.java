package dev.quern.server.rows;

import java.io.IOException;
import java.io.OutputStream;

/** Values of {@code --format}. */
public enum RowFormat {
  TABLE,
  CSV,
  JSON;

  /**
   * @param columns width of a line of a table, in character cells
   */
  public RowWriter writer(OutputStream out, int columns) throws IOException {
    return switch (this) {
      case TABLE -> new TableWriter(out, columns);
      case CSV -> new CsvWriter(out);
      case JSON -> new JsonWriter(out);
    };
  }
}
