package dev.quern.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.sql.run.QueryControl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.calcite.linq4j.Enumerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read back with equal types and values, seen below JDBC. */
class RoundTripTest {
  private static final Path DATA = Path.of("src/test/resources/data");

  @TempDir Path out;

  private final Session session =
      new Session(
          new Engines(options -> new ScriptedEngine(TestAnswers.script())), SessionOptions.DEFAULT);

  @AfterEach
  void close() {
    session.close();
  }

  private long update(String sql) {
    try (Prepared prepared = session.prepare(sql);
        var control = new QueryControl()) {
      return assertInstanceOf(Prepared.Update.class, prepared)
          .run()
          .applyAsLong(session.start(List.of(), control));
    }
  }

  /** The columns' types, then the rows. */
  private List<String> table(String sql) {
    try (Prepared prepared = session.prepare(sql);
        var control = new QueryControl()) {
      var query = assertInstanceOf(Prepared.Rows.class, prepared);
      List<String> lines = new ArrayList<>();
      lines.add(query.columns().toString());
      try (Enumerator<Object[]> rows = query.run().apply(session.start(List.of(), control))) {
        while (rows.moveNext()) {
          lines.add(text(rows.current()));
        }
      }
      return lines;
    }
  }

  private static String text(Object value) {
    return switch (value) {
      case Object[] row -> text(Arrays.asList(row));
      case List<?> list ->
          list.stream().map(RoundTripTest::text).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> text(entry.getKey()) + "=" + text(entry.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case null -> "NULL";
      case Object plain -> plain.getClass().getSimpleName() + " " + plain;
    };
  }

  private void assertRoundTrip(String query, List<String> expected) {
    for (String target : List.of("copy.parquet", "copy.arrow", "folder/")) {
      String file = out + "/" + target;
      assertEquals(expected.size() - 1, update("COPY (" + query + ") TO '" + file + "'"), target);
      assertEquals(expected, table("SELECT * FROM '" + file + "'"), target);
    }
  }

  /** movies has more rows than a batch, nested has rows, arrays and maps in each other. */
  @ParameterizedTest
  @ValueSource(strings = {"scalars", "times", "nested", "movies", "zero_rows"})
  void tablesComeBackEqual(String name) {
    String query = "SELECT * FROM '" + DATA.resolve(name + ".parquet") + "'";
    assertRoundTrip(query, table(query));
  }

  @Test
  void typesOfExpressionsComeBackEqual() {
    String query =
        """
        SELECT CAST(1 AS TINYINT) AS a, CAST(2 AS SMALLINT) AS b, 3 AS c, CAST(4 AS BIGINT) AS d,
          CAST(1.5 AS REAL) AS e, 2.5E0 AS f, CAST(-12.345 AS DECIMAL(38, 3)) AS g, TRUE AS h,
          CAST('text' AS VARCHAR) AS i, CAST(X'00ff' AS VARBINARY) AS j, DATE '1969-12-31' AS k,
          TIME '23:59:59' AS l, TIMESTAMP '1969-12-31 23:59:59' AS m,
          ARRAY[1, CAST(NULL AS INTEGER), 3] AS n, MAP['k', 1] AS o, ARRAY[ARRAY[DATE '2020-02-29']] AS p
        UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
          NULL, NULL
        """;
    List<String> rows = table(query).subList(1, 3);
    assertTrue(rows.getFirst().endsWith("[[Integer 18321]]]"), rows.getFirst());
    String file = out + "/types.parquet";
    assertEquals(2, update("COPY (" + query + ") TO '" + file + "'"));
    List<String> written = table("SELECT * FROM '" + file + "'");
    assertEquals(rows, written.subList(1, 3));
    // Literals have types with a length; files do not keep it.
    assertRoundTrip("SELECT * FROM '" + file + "'", written);
  }
}
