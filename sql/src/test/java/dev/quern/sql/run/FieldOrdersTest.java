package dev.quern.sql.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.EngineStatistics;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.PrefixTreeView;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.engine.PromptRow;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;
import dev.quern.executor.engine.ScriptedEngine.Script;
import dev.quern.planner.PromptTerm;
import dev.quern.planner.order.Prefixes;
import dev.quern.sql.jdbc.QuernDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.calcite.sql.type.SqlTypeName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FieldOrdersTest {
  private static final int ROWS = 1000;
  private static final int PRODUCTS = 20;

  @TempDir private Path folder;

  /** Answers with the prompt and keeps what it was asked. */
  private record Asked(ScriptedEngine engine, List<PromptBatch> batches) implements GenerateEngine {
    Asked() {
      this(
          new ScriptedEngine(new Script((text, _) -> new Reply.Text(text), 0, 0)),
          new ArrayList<>());
    }

    @Override
    public Completions submit(PromptBatch batch) {
      batches.add(batch);
      return engine.submit(batch);
    }

    @Override
    public ModelInfo model() {
      return engine.model();
    }

    @Override
    public int countTokens(String text) {
      return engine.countTokens(text);
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

    private List<PromptPart> tail(PromptRow row) {
      return ((Prompt.Text) row.prompt()).parts();
    }
  }

  private static String product(int row) {
    return "A lamp with a name of some length and number " + row * 7 % PRODUCTS;
  }

  /** Written with the id first, prompts share next to nothing. */
  private Path reviews() throws IOException {
    var csv = new StringBuilder("id,stars,product\n");
    for (int r = 0; r < ROWS; r++) {
      csv.append(r + 100_000).append(',').append(r % 5).append(',').append(product(r)).append('\n');
    }
    return Files.writeString(folder.resolve("reviews.csv"), csv);
  }

  private static double shared(List<String> prompts) {
    return (double) Prefixes.sharedCharacters(prompts)
        / prompts.stream().mapToInt(String::length).sum();
  }

  @Test
  void promptsOfAQueryShareTheirHeadsAndAnswersKeepTheirRows() throws IOException, SQLException {
    var asked = new Asked();
    List<String> written = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    String row = "PROMPT_ROW('Sum up.', ROW(id, stars, product))";
    try (Connection connection =
            new QuernDriver(_ -> asked).connect("jdbc:quern:window-rows=256", new Properties());
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT id, GENERATE("
                    + row
                    + ", max_tokens => 99), "
                    + row
                    + " FROM '"
                    + reviews()
                    + "'")) {
      while (rows.next()) {
        String answer = rows.getString(2);
        assertTrue(answer.contains("\"id\": " + rows.getInt(1)), answer);
        assertTrue(answer.contains("\"" + product(answers.size()) + "\""), answer);
        answers.add(answer);
        written.add(rows.getString(3));
      }
    }
    assertEquals(ROWS, answers.size());
    assertEquals(
        "Sum up.\n{\"id\": 100000, \"stars\": 0, \"product\": \"" + product(0) + "\"}",
        written.getFirst());
    // Behind the product, of which there are 20, and the stars only the id is a prompt's own.
    assertTrue(shared(answers) > 0.75, "shared " + shared(answers));
    assertTrue(shared(written) < 0.4, "as written " + shared(written));
    for (PromptBatch batch : asked.batches()) {
      assertEquals(List.of(PromptPart.literal("Sum up.\n")), batch.head());
      for (PromptRow prompt : batch.rows()) {
        assertTrue(asked.tail(prompt).stream().noneMatch(PromptPart::trusted));
      }
    }
  }

  private static PromptTerm.Fields term() {
    return new PromptTerm.Fields(
        List.of(
            new PromptTerm.Field("id", 0, SqlTypeName.INTEGER),
            new PromptTerm.Field("note", 1, SqlTypeName.VARCHAR),
            new PromptTerm.Field("text", 2, SqlTypeName.VARCHAR),
            new PromptTerm.Field("kind", 3, SqlTypeName.VARCHAR)));
  }

  /** 40 rows of three kinds; then 60 that differ from row 7 by their ids alone. */
  private static List<Object[]> rows(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(r -> {
          int like = r < 40 ? r : 7;
          return new Object[] {
            r, like + " noted", "a text of some length, number " + like, "kind " + like % 3
          };
        })
        .toList();
  }

  /** Names in their order. */
  private static String fieldsOf(String json) {
    return json.replaceAll(": [^:]*?(, \"|}$)", " $1");
  }

  /** A row that comes again is the same prompt, though it would stand otherwise in its window. */
  @Test
  void rowsThatComeAgainKeepTheirOrder() {
    List<Object[]> first = rows(0, 40);
    Object[] seven = first.get(7);
    List<Object[]> later = new ArrayList<>(rows(40, 100));
    later.add(seven);

    for (long most : List.of(1L, 1L << 25)) {
      var orders = new FieldOrders(term(), most);
      orders.window(first);
      List<String> prompts = first.stream().map(orders::json).toList();
      orders.window(later);
      assertNotEquals(fieldsOf(prompts.get(7)), fieldsOf(orders.json(later.getFirst())));
      assertEquals(prompts, first.stream().map(orders::json).toList());
      // One row of a window is asked again by itself.
      orders.window(List.<Object[]>of(seven));
      assertEquals(prompts.get(7), orders.json(seven));
    }
  }
}
