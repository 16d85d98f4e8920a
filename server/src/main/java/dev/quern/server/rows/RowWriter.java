package dev.quern.server.rows;

import java.io.IOException;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;

/**
 * Writes results, one after another. Bytes are handed on when a row is complete, so that rows can
 * be read as they come.
 */
public sealed interface RowWriter permits CsvWriter, JsonWriter, TableWriter {
  /** Begins a result. */
  void begin(ResultSetMetaData metaData) throws SQLException, IOException;

  /** Writes a row: one value a column, as {@link java.sql.ResultSet#getObject(int)} gives them. */
  void row(List<Object> values) throws SQLException, IOException;

  /** Ends the result. */
  void end() throws SQLException, IOException;

  /** Writes what is held back, now: called from time to time while the next row is waited for. */
  void flush() throws SQLException, IOException;
}
