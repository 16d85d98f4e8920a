package dev.quern.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.sql.jdbc.QuernDriver;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetaDataTest {
  private Connection connection;
  private DatabaseMetaData metaData;

  @BeforeEach
  void connect() throws SQLException {
    var driver = new QuernDriver(options -> new ScriptedEngine(TestAnswers.script()));
    connection = driver.connect("jdbc:quern:", new Properties());
    metaData = connection.getMetaData();
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE VIEW a_b AS SELECT 1 AS id, CAST(NULL AS VARCHAR) AS name");
      statement.execute("CREATE VIEW axb AS SELECT CAST(1.5 AS DECIMAL(10, 2)) AS price");
    }
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private static List<String> column(ResultSet rows, String label) throws SQLException {
    List<String> values = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        values.add(rows.getString(label));
      }
    }
    return values;
  }

  @Test
  void viewsAreListedByPatternAndType() throws SQLException {
    assertEquals(
        List.of("a_b", "axb"), column(metaData.getTables(null, null, "%", null), "TABLE_NAME"));
    assertEquals(
        List.of("a_b", "axb"), column(metaData.getTables(null, null, "A_B", null), "TABLE_NAME"));
    assertEquals(
        List.of("a_b"), column(metaData.getTables(null, null, "a\\_b", null), "TABLE_NAME"));
    assertEquals(
        List.of(),
        column(metaData.getTables(null, null, null, new String[] {"TABLE"}), "TABLE_NAME"));
    assertEquals(
        List.of("VIEW", "VIEW"),
        column(metaData.getTables(null, null, null, new String[] {"VIEW"}), "TABLE_TYPE"));
  }

  @Test
  void columnsOfViewsHaveTheirTypes() throws SQLException {
    try (ResultSet rows = metaData.getColumns(null, null, "a\\_b", "%")) {
      rows.next();
      assertEquals("id", rows.getString("COLUMN_NAME"));
      assertEquals(Types.INTEGER, rows.getInt("DATA_TYPE"));
      assertEquals("NO", rows.getString("IS_NULLABLE"));
      assertEquals(1, rows.getInt("ORDINAL_POSITION"));
      rows.next();
      assertEquals("name", rows.getString("COLUMN_NAME"));
      assertEquals("VARCHAR", rows.getString("TYPE_NAME"));
      assertEquals("YES", rows.getString("IS_NULLABLE"));
      assertFalse(rows.next());
    }
    try (ResultSet rows = metaData.getColumns(null, null, null, "price")) {
      rows.next();
      assertEquals("axb", rows.getString("TABLE_NAME"));
      assertEquals(10, rows.getInt("COLUMN_SIZE"));
      assertEquals(2, rows.getInt("DECIMAL_DIGITS"));
    }
  }

  @Test
  void whatToolsAskBesidesIsAnsweredWithoutRows() throws SQLException {
    assertEquals(List.of(), column(metaData.getSchemas(), "TABLE_SCHEM"));
    assertEquals(List.of(), column(metaData.getTypeInfo(), "TYPE_NAME"));
    assertEquals(List.of(), column(metaData.getFunctions(null, null, "%"), "FUNCTION_NAME"));
    assertEquals(List.of("VIEW"), column(metaData.getTableTypes(), "TABLE_TYPE"));
  }
}
