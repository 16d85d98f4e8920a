package dev.quern.server.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Over Calcite's own JDBC driver: true metadata, Struct and Array values, no tables needed. */
class RowWriterTest {
  private static final String CALCITE = "jdbc:calcite:caseSensitive=false;unquotedCasing=UNCHANGED";

  private static final String TYPES =
      """
      SELECT 1 AS i, CAST(12345678901234567.10 AS DECIMAL(19, 2)) AS d, 0.5e0 AS x, TRUE AS b,
        'a,"b"' AS "Text", CAST(NULL AS INTEGER) AS n, DATE '2024-02-29' AS a_day,
        TIMESTAMP '2024-02-29 12:30:00' AS moment, ARRAY[1, 2] AS a, MAP['k', 1] AS m, '' AS e\
      """;

  @Test
  void jsonKeepsTypesNamesAndNulls() throws Exception {
    assertEquals(
        """
        {"i":1,"d":12345678901234567.10,"x":0.5,"b":true,"Text":"a,\\"b\\"","n":null,\
        "a_day":"2024-02-29","moment":"2024-02-29T12:30","a":[1,2],"m":{"k":1},"e":""}
        """,
        run(RowFormat.JSON, 80, TYPES));
  }

  @Test
  void csvQuotesAfterTheStandardAndTellsNullFromEmpty() throws Exception {
    assertEquals(
        "i,d,x,b,Text,n,a_day,moment,a,m,e\r\n"
            + "1,12345678901234567.10,0.5,true,\"a,\"\"b\"\"\",,2024-02-29,"
            + "2024-02-29 12:30:00.0,\"[1,2]\",\"{\"\"k\"\":1}\",\"\"\r\n",
        run(RowFormat.CSV, 80, TYPES));
    assertEquals(
        "n\r\n\"\"\r\n1\r\n",
        run(RowFormat.CSV, 80, "SELECT n FROM (VALUES (CAST(NULL AS INTEGER)), (1)) AS t (n)"));
  }

  @Test
  void tableAlignsNumbersRightAndWrapsLongText() throws Exception {
    assertEquals(
        """
          n | word
        ----+---------------------
          1 | 日本
         23 | a text that is too
            | long for its column
        (2 rows)
        """,
        run(
            RowFormat.TABLE,
            26,
            "SELECT n, word FROM (VALUES (1, _UTF8'日本'), (23, _UTF8'a text that is too long for its"
                + " column')) AS t (n, word)"));
  }

  @Test
  void zeroRowsGiveAHeaderAndNoJson() throws Exception {
    String none = "SELECT n FROM (VALUES (1)) AS t (n) WHERE n > 1";
    assertEquals("", run(RowFormat.JSON, 80, none));
    assertEquals("n\r\n", run(RowFormat.CSV, 80, none));
    assertEquals(" n\n---\n(0 rows)\n", run(RowFormat.TABLE, 80, none));
  }

  @Test
  void tableShowsHeldRowsWhenFlushedAndWrapsThoseThatFollow() throws Exception {
    var out = new ByteArrayOutputStream();
    var writer = RowFormat.TABLE.writer(out, 20);
    try (var connection = DriverManager.getConnection(CALCITE);
        var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT 'x' AS word")) {
      writer.begin(rows.getMetaData());
      writer.row(List.of("one"));
      assertEquals("", out.toString(StandardCharsets.UTF_8));
      writer.flush();
      assertEquals(" word\n-------------------\n one\n", out.toString(StandardCharsets.UTF_8));
      writer.row(List.of("two words and some more"));
      writer.end();
    }
    assertEquals(
        " word\n-------------------\n one\n two words and\n some more\n(2 rows)\n",
        out.toString(StandardCharsets.UTF_8));
  }

  private static String run(RowFormat format, int columns, String sql) throws Exception {
    var out = new ByteArrayOutputStream();
    var writer = format.writer(out, columns);
    try (var connection = DriverManager.getConnection(CALCITE);
        var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      writer.begin(rows.getMetaData());
      while (rows.next()) {
        List<Object> values = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          values.add(rows.getObject(i));
        }
        writer.row(values);
      }
      writer.end();
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
