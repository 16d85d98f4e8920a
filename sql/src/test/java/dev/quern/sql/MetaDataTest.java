package dev.quern.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
  void filesHaveColumnsByName() throws SQLException {
    String file = "src/test/resources/data/scalars.parquet";
    assertTrue(column(metaData.getColumns(null, null, file, "%"), "COLUMN_NAME").size() > 1);
    assertEquals(
        List.of(), column(metaData.getColumns(null, null, "none.parquet", "%"), "COLUMN_NAME"));
    assertEquals(
        List.of(), column(metaData.getTables(null, null, "%.parquet", null), "TABLE_NAME"));
  }

  @Test
  void thereAreNeitherCatalogsNorSchemasNorKeys() throws SQLException {
    assertEquals(List.of(), column(metaData.getCatalogs(), "TABLE_CAT"));
    assertEquals(List.of(), column(metaData.getSchemas(), "TABLE_SCHEM"));
    assertEquals(List.of(), column(metaData.getPrimaryKeys(null, null, "a_b"), "COLUMN_NAME"));
    assertEquals(
        List.of("a_b"),
        column(metaData.getTables("", "", "a_b", null), "TABLE_NAME").subList(0, 1));
    assertEquals(List.of(), column(metaData.getTables("c", null, "%", null), "TABLE_NAME"));
    assertEquals(List.of(), column(metaData.getTables(null, "s", "%", null), "TABLE_NAME"));
    assertEquals(List.of(), column(metaData.getColumns(null, "s", "%", "%"), "COLUMN_NAME"));
    assertEquals(List.of("TABLE", "VIEW"), column(metaData.getTableTypes(), "TABLE_TYPE"));
  }

  @Test
  void everyTypeOfAColumnIsListed() throws SQLException {
    List<String> names = column(metaData.getTypeInfo(), "TYPE_NAME");
    assertTrue(names.containsAll(List.of("BIGINT", "VARCHAR", "ARRAY", "MAP", "ROW")), "" + names);
    List<Integer> numbers = new ArrayList<>();
    try (ResultSet rows = metaData.getTypeInfo()) {
      while (rows.next()) {
        numbers.add(rows.getInt("DATA_TYPE"));
        if (rows.getString("TYPE_NAME").equals("DECIMAL")) {
          assertEquals(38, rows.getInt("PRECISION"));
          assertEquals(38, rows.getInt("MAXIMUM_SCALE"));
          assertEquals(10, rows.getInt("NUM_PREC_RADIX"));
          assertEquals("precision, scale", rows.getString("CREATE_PARAMS"));
        }
        if (rows.getString("TYPE_NAME").equals("VARCHAR")) {
          assertEquals("'", rows.getString("LITERAL_PREFIX"));
          assertEquals(DatabaseMetaData.typeSearchable, rows.getShort("SEARCHABLE"));
        }
      }
    }
    assertEquals(numbers.stream().sorted().toList(), numbers);
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT * FROM 'src/test/resources/data/scalars.parquet'")) {
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        assertTrue(
            numbers.contains(rows.getMetaData().getColumnType(i)),
            rows.getMetaData().getColumnTypeName(i));
      }
    }
  }

  @Test
  void functionsAreListedWithTheirArguments() throws SQLException {
    assertEquals(
        List.of(
            "CLASSIFY",
            "GENERATE",
            "GENERATE_BOOLEAN",
            "GENERATE_DETAILS",
            "PROMPT",
            "PROMPT_ROW",
            "TOKEN_COUNT"),
        column(metaData.getFunctions(null, null, "%"), "FUNCTION_NAME"));
    assertEquals(
        List.of("", "text", "choices", "instruction", "model", "system", "chat", "on_error"),
        column(metaData.getFunctionColumns(null, null, "classify", "%"), "COLUMN_NAME"));
    try (ResultSet rows = metaData.getFunctionColumns(null, null, "GENERATE", "max\\_tokens")) {
      assertTrue(rows.next());
      assertEquals(Types.BIGINT, rows.getInt("DATA_TYPE"));
      assertEquals(DatabaseMetaData.functionColumnIn, rows.getShort("COLUMN_TYPE"));
      assertEquals(2, rows.getInt("ORDINAL_POSITION"));
      assertFalse(rows.next());
    }
  }

  /** What the list says, the functions take. */
  @Test
  void argumentsOfTheListAreAccepted() throws SQLException {
    try (ResultSet rows = metaData.getFunctionColumns(null, null, "GENERATE%", "_%")) {
      while (rows.next()) {
        String name = rows.getString("COLUMN_NAME");
        if (rows.getString("REMARKS").startsWith("optional") && !name.equals("min_tokens")) {
          String call = "SELECT " + rows.getString("FUNCTION_NAME") + "('x', " + name + " => ?)";
          connection
              .prepareStatement(
                  name.equals("choices") ? call.replace("?", "ARRAY['a', 'b']") : call)
              .close();
        }
      }
    }
  }
}
