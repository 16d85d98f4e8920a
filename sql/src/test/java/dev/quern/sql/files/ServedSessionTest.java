package dev.quern.sql.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.connectors.FileAccess;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.sql.LocalEngines;
import dev.quern.sql.SessionOptions;
import dev.quern.sql.jdbc.QuernDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** What a remote session may set and see besides the names of files. */
class ServedSessionTest extends ServedFiles {
  private final List<EngineOptions> opened = new ArrayList<>();

  private QuernDriver driver(EngineOptions served) throws IOException {
    return new QuernDriver(
        options -> {
          opened.add(options);
          return ScriptedEngine.answering(text -> text);
        },
        served,
        FileAccess.under(root));
  }

  @Test
  void propertiesSetNothingOfTheEngine() throws IOException {
    QuernDriver driver = driver(EngineOptions.DEFAULT);
    for (String name : EngineOptions.NAMES) {
      for (String value : List.of("1", "x")) {
        SQLException e =
            assertThrows(
                SQLException.class,
                () -> driver.connect("jdbc:quern:" + name + "=" + value, new Properties()),
                name);
        assertEquals("08001", e.getSQLState());
        assertTrue(e.getMessage().contains("[" + name + "] are the server's"), e.getMessage());
      }
    }
    for (String name : List.of("data-root", "files", "factory", "schema", "serverUrl")) {
      SQLException e =
          assertThrows(
              SQLException.class,
              () -> driver.connect("jdbc:quern:" + name + "=/", new Properties()));
      assertTrue(e.getMessage().contains("unknown option [" + name + "]"), e.getMessage());
    }
    assertEquals(List.of(), opened);
  }

  @Test
  void sessionOptionsAreItsOwn() throws IOException, SQLException {
    EngineOptions served = EngineOptions.parse(Map.of("threads", "3"));
    QuernDriver driver = driver(served);
    var properties = new Properties();
    properties.setProperty("user", "a");
    properties.setProperty("password", "b");
    properties.setProperty("max-rows-budget", "1");
    try (Connection limited = driver.connect("jdbc:quern:window-rows=2;seed=7", properties);
        var statement = limited.createStatement()) {
      SQLException e =
          assertThrows(
              SQLException.class,
              () ->
                  statement.execute(
                      "COPY (SELECT GENERATE(word) AS a FROM 'reviews.csv') TO 'x.parquet'"));
      assertEquals("53400", e.getSQLState(), e.getMessage());
    }
    assertEquals(List.of(served), opened);
    assertEquals(
        SessionOptions.servedNames(),
        Arrays.stream(driver.getPropertyInfo("jdbc:quern:", new Properties()))
            .map((DriverPropertyInfo info) -> info.name)
            .toList());
  }

  @Test
  void modelsComeFromTheRootAndRunAsTheServerSays() throws IOException, SQLException {
    Files.createDirectories(root.resolve("models/small"));
    connection.close();
    connection =
        driver(EngineOptions.parse(Map.of("threads", "3")))
            .connect("jdbc:quern:", new Properties());
    execute("CREATE MODEL m FROM 'models/../models/small' WITH (max_model_len = 64)");
    assertEquals(List.of("good"), rows("SELECT GENERATE('good', model => 'm')"));
    assertEquals(1, opened.size());
    assertEquals(
        root.toRealPath().resolve("models/small").toString(),
        opened.getFirst().model().orElseThrow());
    assertEquals(3, opened.getFirst().threads());
    assertEquals(64, opened.getFirst().maxModelLen().orElseThrow());
    for (String option :
        List.of(
            "device = 'cuda:0'",
            "threads = 64",
            "swap_space = 500",
            "kv_cache_tokens = 1000000000",
            "max_num_seqs = 65536",
            "load = 'copy'",
            "tensor_parallel_size = 8")) {
      SQLException e = failure("CREATE MODEL n FROM 'models/small' WITH (" + option + ")");
      assertEquals("42501", e.getSQLState(), e.getMessage());
      assertTrue(e.getMessage().contains("is the server's to choose"), e.getMessage());
    }
  }

  @Test
  void filesThatOptionsNameLieInTheRoot() throws IOException, SQLException {
    Files.createDirectories(root.resolve("m"));
    Files.writeString(outside.resolve("q.json"), "{}");
    Files.writeString(root.resolve("q.json"), "{}");
    link("links/q.json", outside.resolve("q.json").toString());
    for (String file :
        List.of("../outside/q.json", outside + "/q.json", "links/q.json", "../outside/none")) {
      SQLException e =
          failure("CREATE MODEL n FROM 'm' WITH (quantization_config = '" + file + "')");
      assertEquals("42501", e.getSQLState(), e.getMessage());
    }
    SQLException missing =
        failure("CREATE MODEL n FROM 'm' WITH (quantization_config = 'none.json')");
    assertTrue(missing.getMessage().contains("quantization-config none.json: there is no such"));
    execute("CREATE MODEL n FROM 'm' WITH (quantization_config = 'q.json')");
  }

  @Test
  void aModelFolderHoldsNoLinkThatLeaves() throws IOException, SQLException {
    Files.createDirectories(root.resolve("m"));
    Files.createDirectories(root.resolve("blobs"));
    Files.writeString(root.resolve("blobs/a"), "{}");
    link("m/config.json", "../blobs/a");
    execute("CREATE MODEL m FROM 'm'");
    link("m/tokenizer.json", "../../outside/secret.csv");
    SQLException e = failure("CREATE MODEL n FROM 'm'");
    assertEquals("42501", e.getSQLState());
    assertTrue(e.getMessage().contains("link 'tokenizer.json' in 'm'"), e.getMessage());
  }

  @Test
  void blanksAroundAModelsNameDoNotLeadOut() throws IOException, SQLException {
    for (String name : List.of(".. ", " ..", "\t..\t", "sub/../.. ")) {
      SQLException e = failure("CREATE MODEL m FROM '" + name + "'");
      assertTrue(e.getMessage().contains("lies outside --data-root"), e.getMessage());
    }
    Files.createDirectories(root.resolve("deep/.. "));
    link("m", "deep/.. ");
    SQLException e = failure("CREATE MODEL m FROM 'm'");
    assertTrue(e.getMessage().contains("no blanks around it"), e.getMessage());
  }

  @Test
  void messagesShowPathsRelativeToTheRoot() throws IOException, SQLException {
    Files.writeString(root.resolve("bad.parquet"), "PAR1 is no such thing");
    Files.writeString(root.resolve("bad.arrow"), "ARROW");
    Files.writeString(root.resolve("bad.jsonl"), "{\"a\": ");
    Files.writeString(root.resolve("bad.csv"), "a,b\n1\n");
    Files.writeString(root.resolve("text.md"), "text");
    Files.createDirectories(root.resolve("empty"));
    Files.createDirectories(root.resolve("model"));
    Files.writeString(root.resolve("model/config.json"), "{");
    connection.close();
    var driver = new QuernDriver(new LocalEngines(_ -> {}), FileAccess.under(root));
    connection = driver.connect("jdbc:quern:", new Properties());
    execute("CREATE MODEL m FROM 'model'");
    execute("CREATE MODEL missing FROM 'nosuch'");
    List<String> names =
        List.of(
            "bad.parquet",
            "bad.arrow",
            "bad.jsonl",
            "bad.csv",
            "text.md",
            "empty",
            "nosuch.csv",
            "nosuch/x.csv",
            "*.nosuch",
            "nosuch/*.csv",
            "bad*",
            root + "/nosuch.csv",
            "[.csv");
    List<String> statements = new ArrayList<>();
    names.forEach(name -> statements.add("SELECT * FROM '" + name + "'"));
    statements.addAll(
        List.of(
            "COPY (VALUES 1) TO 'nosuch/x.parquet'",
            "COPY (VALUES 1) TO 'x.unknown'",
            "CREATE TABLE 'bad.parquet' AS VALUES 1",
            "CREATE TABLE 'bad.parquet/' AS VALUES 1",
            "INSERT INTO 'sub/' VALUES 1",
            "INSERT INTO 'bad.parquet' VALUES 1",
            "SELECT GENERATE('x', model => 'm')",
            "SELECT GENERATE('x', model => 'missing')"));
    for (String sql : statements) {
      String message = failure(sql).getMessage();
      assertFalse(message.contains(parent.toString()), message);
      assertFalse(message.contains(root.toRealPath().toString()), message);
    }
    String plan = String.join("\n", rows("EXPLAIN PLAN FOR SELECT GENERATE('x', model => 'm')"));
    assertTrue(plan.contains("estimate: none: model/config.json"), plan);
    assertFalse(plan.contains(parent.toString()), plan);
    assertEquals(List.of("m", "missing"), rows("SHOW MODELS"));
  }

  @Test
  void noFunctionTellsOfTheProcess() {
    for (String function :
        List.of("USER", "CURRENT_USER", "SESSION_USER", "SYSTEM_USER", "CURRENT_PATH")) {
      String answer;
      try {
        answer = String.join("", rows("SELECT " + function));
      } catch (SQLException e) {
        answer = e.getMessage();
      }
      assertFalse(answer.contains(System.getProperty("user.name")), function + ": " + answer);
    }
    for (String function :
        List.of(
            "LOAD_FILE('/etc/passwd')",
            "XMLTRANSFORM('<a/>', '<b/>')",
            "EXTRACT_XML('<a/>', '/a')",
            "\"EXTRACT\"('<a/>', '/a')",
            "GETENV('HOME')",
            "READ_FILE('/etc/passwd')")) {
      String state = failure("VALUES " + function).getSQLState();
      assertTrue(List.of("42883", "42000").contains(state), function + ": " + state);
    }
    for (String table :
        List.of("\"metadata\".\"TABLES\"", "information_schema.tables", "TABLE(read_csv('/x'))")) {
      String state = failure("SELECT * FROM " + table).getSQLState();
      assertTrue(List.of("42S02", "42883", "42000").contains(state), table + ": " + state);
    }
  }
}
