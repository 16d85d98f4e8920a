package dev.quern.sql.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.sql.jdbc.QuernDriver;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Estimates beside what the embedded model computes, over 200 movies. */
class EmbeddedEstimateTest {
  private static final Path MOVIES = Path.of("src/test/resources/data/movies.parquet");
  private static final Path MODEL = Path.of("../executor/embedded-model");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "instruction; SELECT GENERATE('You know films. Answer in one word, without a sentence"
            + " around it: which genre has the film ' || title || '?', max_tokens => 2) FROM t",
        "duplicates; SELECT GENERATE('Where was ' || director || ' born?', max_tokens => 2) FROM t",
        "two calls; SELECT GENERATE(title || ' by ' || director || ': which year?', max_tokens => 2),"
            + " GENERATE(title || ' by ' || director || ': which country?', max_tokens => 2) FROM t",
        "filter and limit; SELECT GENERATE('A sentence on ' || title, max_tokens => 2) FROM t"
            + " WHERE imdb_rating > 7 LIMIT 25",
      })
  void tokensAfterSharingAreWhatIsComputed(String name, String sql) throws SQLException {
    Map<String, long[]> figures = new HashMap<>();
    try (Connection c =
            new QuernDriver()
                .connect("jdbc:quern:kv-cache-tokens=20000;model=" + MODEL, new Properties());
        Statement s = c.createStatement()) {
      s.execute("CREATE VIEW t AS SELECT * FROM '" + MOVIES + "' LIMIT 120");
      try (ResultSet rows = s.executeQuery("EXPLAIN ANALYZE " + sql)) {
        while (rows.next()) {
          String[] cells = rows.getString(1).strip().split("\\s{2,}");
          if (cells.length == 3 && cells[1].matches("\\d+") && cells[2].matches("\\d+")) {
            figures.put(cells[0], new long[] {Long.parseLong(cells[1]), Long.parseLong(cells[2])});
          }
        }
      }
    }
    for (String exact :
        new String[] {"rows through GENERATE", "distinct prompts", "prompt tokens"}) {
      assertEquals(figures.get(exact)[1], figures.get(exact)[0], exact);
    }
    long[] computed = figures.get("prompt tokens after sharing");
    assertTrue(computed[1] > 0);
    assertEquals(1, computed[0] / (double) computed[1], 0.15, computed[0] + " of " + computed[1]);
  }
}
