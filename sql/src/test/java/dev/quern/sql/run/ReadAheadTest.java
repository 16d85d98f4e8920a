package dev.quern.sql.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.EngineStatistics;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.PrefixTreeView;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;
import dev.quern.executor.engine.ScriptedEngine.Script;
import dev.quern.sql.jdbc.QuernDriver;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** When the engine gets a window's prompts, counted in answers taken before. */
final class ReadAheadTest {
  /** Notes how many answers had been taken when a batch came. */
  private static final class Watched implements GenerateEngine {
    private final ScriptedEngine engine;
    private final List<String> batches = new ArrayList<>();
    private int answers;
    private int rowsRead;

    private Watched(String failing) {
      engine =
          new ScriptedEngine(
              new Script(
                  (text, _) ->
                      text.equals(failing) ? new Reply.Refusal("refused") : new Reply.Text(text),
                  0,
                  0));
    }

    @Override
    public Completions submit(PromptBatch batch) {
      batches.add(batch.rows().size() + " after " + answers);
      Completions completions = engine.submit(batch);
      return new Completions() {
        @Override
        public Event next() throws InterruptedException {
          Event event = completions.next();
          answers += event instanceof Event.Done ? 1 : 0;
          return event;
        }

        @Override
        public void close() {
          completions.close();
        }
      };
    }

    @Override
    public int countTokens(String text) {
      return engine.countTokens(text);
    }

    @Override
    public ModelInfo model() {
      return engine.model();
    }

    @Override
    public EngineStatistics statistics() {
      return engine.statistics();
    }

    @Override
    public PrefixTreeView prefixTree(int nodes) {
      return engine.prefixTree(nodes);
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  private static String rows(int count) {
    var values = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      values.append(i == 1 ? "" : ", ").append("('row ").append(i).append("')");
    }
    return "(VALUES " + values + ") AS t(v)";
  }

  private static void run(Watched engine, String query) throws SQLException {
    try (Connection connection =
            new QuernDriver(_ -> engine).connect("jdbc:quern:", new Properties());
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        engine.rowsRead++;
        assertEquals("row " + engine.rowsRead, result.getString(1));
      }
    }
  }

  @Test
  void aWindowJoinsWhenHalfOfTheOneBeforeHasLeft() throws SQLException {
    var engine = new Watched("");
    run(engine, "SELECT GENERATE(v) FROM " + rows(200));
    assertEquals(200, engine.rowsRead);
    assertEquals(List.of("64 after 0", "136 after 32"), engine.batches);
  }

  @Test
  void aQueryThatStopsInTheFirstHalfAsksForNoMore() throws SQLException {
    var engine = new Watched("");
    run(engine, "SELECT GENERATE(v) AS a FROM " + rows(200) + " LIMIT 20");
    assertEquals(List.of("20 after 0"), engine.batches);
  }

  @Test
  void rowsBeforeAnErrorOfTheNextWindowStillLeave() throws SQLException {
    // The inner call fails the query at row 100, which the outer one reads ahead.
    var engine = new Watched("row 100");
    assertThrows(
        SQLException.class,
        () ->
            run(engine, "SELECT GENERATE(GENERATE(v, on_error => 'fail')) AS a FROM " + rows(200)));
    assertEquals(64, engine.rowsRead);
  }
}
