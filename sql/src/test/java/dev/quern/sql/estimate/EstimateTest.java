package dev.quern.sql.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.bench.StepRates;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.PromptTokens;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.sql.EngineFactory;
import dev.quern.sql.jdbc.QuernDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** EXPLAIN over the scripted engine, whose tokens are words. */
class EstimateTest {
  private static final Path MOVIES = Path.of("src/test/resources/data/movies.parquet");

  private final ScriptedEngine engine = ScriptedEngine.answering(text -> "an answer");

  private static List<String> explain(EngineFactory factory, String sql) throws SQLException {
    try (Connection c = new QuernDriver(factory).connect("jdbc:quern:", new Properties());
        Statement s = c.createStatement();
        ResultSet rows = s.executeQuery(sql)) {
      List<String> lines = new ArrayList<>();
      while (rows.next()) {
        lines.add(rows.getString(1));
      }
      return lines;
    }
  }

  private static String last(List<String> lines) {
    return lines.getLast();
  }

  /** Rows of a table {@code row -> columns estimated, measured}. */
  private static String figures(List<String> lines, String name) {
    String line = lines.stream().filter(l -> l.startsWith(name + "  ")).findFirst().orElseThrow();
    return line.substring(name.length()).strip().replaceAll("\\s{2,}", " | ");
  }

  @Test
  void secondsComeFromTheRates() throws SQLException {
    var rates = new StepRates(0.5, 0.125, 1, 4);
    EngineFactory factory =
        new EngineFactory() {
          @Override
          public GenerateEngine open(EngineOptions options) {
            return engine;
          }

          @Override
          public Optional<StepRates> rates(
              EngineOptions options, PromptTokens reader, double context, double rows) {
            assertEquals(8, rows);
            // Prompts of 2 words and half of the answer before a token.
            assertEquals(2 + 10 / 2.0, context);
            return Optional.of(rates);
          }
        };
    String values =
        IntStream.range(0, 8).mapToObj(i -> "('w" + i + "')").collect(Collectors.joining(", "));
    List<String> lines =
        explain(
            factory,
            "EXPLAIN PLAN FOR SELECT GENERATE('say ' || w, max_tokens => 10) FROM (VALUES "
                + values
                + ") AS t(w)");
    // 9 tokens of half a second; 80 tokens in steps of 4, of a second each.
    assertEquals(
        "estimate: rows 8, distinct prompts 8, prompt tokens 16, after sharing 9,"
            + " completion tokens up to 80, KV blocks 8 of 65536, seconds 24.5",
        last(lines));
    assertEquals(0, engine.calls());
  }

  @Test
  void analyzeShowsBothSideBySide() throws SQLException {
    List<String> lines =
        explain(
            options -> engine,
            "EXPLAIN ANALYZE SELECT GENERATE('genre of ' || title, max_tokens => 8) FROM '"
                + MOVIES
                + "' WHERE imdb_rating >= 8 LIMIT 20");
    assertEquals("20 | 20", figures(lines, "rows through GENERATE"));
    assertEquals(engine.calls() + " | " + engine.calls(), figures(lines, "engine calls"));
    assertEquals(engine.calls() + " | " + engine.calls(), figures(lines, "distinct prompts"));
    assertEquals(
        engine.promptTokens() + " | " + engine.promptTokens(), figures(lines, "prompt tokens"));
    assertEquals(
        "up to " + 8 * engine.calls() + " | " + 2 * engine.calls(),
        figures(lines, "completion tokens"));
    assertEquals("- | 20", figures(lines, "rows of the result"));
  }

  @Test
  void aLongTableIsSampled(@TempDir Path folder) throws Exception {
    // 30,000 rows, 25,000 of them distinct: more than are tokenized.
    var csv = new StringBuilder("id,body\n");
    for (int i = 0; i < 30_000; i++) {
      int n = i % 25_000;
      csv.append(i).append(",topic ").append(n % 50).append(" row ").append(n).append('\n');
    }
    Path file = Files.writeString(folder.resolve("t.csv"), csv);
    List<String> lines =
        explain(options -> engine, "EXPLAIN PLAN FOR SELECT GENERATE(body) FROM '" + file + "'");
    String line = last(lines);
    assertTrue(line.startsWith("estimate (sampled): rows 30000, "), line);
    assertEquals(25_000, number(line, "distinct prompts "), 25_000 * 0.03);
    assertEquals(100_000, number(line, "prompt tokens "), 100_000 * 0.03);
    assertEquals(1 + 50 + 50 + 25_000, number(line, "after sharing "), 25_000 * 0.05);
  }

  private static double number(String line, String name) {
    return Double.parseDouble(line.substring(line.indexOf(name) + name.length()).split("[, ]")[0]);
  }

  @Test
  void parametersCount() throws SQLException {
    try (Connection c =
            new QuernDriver(options -> engine).connect("jdbc:quern:", new Properties());
        var s =
            c.prepareStatement(
                "EXPLAIN PLAN FOR SELECT GENERATE(? || w) FROM (VALUES ('a'), ('b')) AS t(w)")) {
      s.setString(1, "one two ");
      try (ResultSet rows = s.executeQuery()) {
        String line = "";
        while (rows.next()) {
          line = rows.getString(1);
        }
        assertTrue(line.contains("prompt tokens 6, after sharing 4,"), line);
      }
    }
  }

  @Test
  void aPlanIsShownWithoutItsModel() throws SQLException {
    List<String> lines =
        explain(
            options -> {
              throw new EngineException("no such folder");
            },
            "EXPLAIN PLAN FOR SELECT GENERATE(w) FROM (VALUES ('a')) AS t(w)");
    assertTrue(lines.get(1).contains("EnumerableGenerate"), lines.toString());
    assertEquals("estimate: none: no such folder", last(lines));
  }
}
