package dev.quern.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.server.query.Cancellation;
import dev.quern.sql.jdbc.QuernDriver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The command line in one process, over the JDBC driver and an engine that shouts the prompt back.
 */
class CommandLineTest {
  private static final String TICKETS = "src/main/demo/tickets.parquet";

  /** Nobody presses Ctrl-C. */
  private static final Cancellation UNDISTURBED =
      new Cancellation() {
        @Override
        public Registration onRequest(Runnable cancel) {
          return () -> {};
        }

        @Override
        public boolean requested() {
          return false;
        }
      };

  private record Result(int code, String out, String err) {}

  @TempDir Path folder;

  @Test
  void rowsComeAsJsonWithTheQuerysNamesAndTypes() throws Exception {
    Result result =
        run(
            "sql",
            "--format",
            "json",
            "-c",
            "SELECT id AS \"Id\", GENERATE(body) AS answer FROM '" + TICKETS + "' LIMIT 2");
    assertEquals(0, result.code(), result.err());
    List<String> lines = result.out().lines().toList();
    assertEquals(2, lines.size());
    JsonNode row = new ObjectMapper().readTree(lines.getFirst());
    assertEquals(1, row.path("Id").asInt());
    assertTrue(row.path("answer").asText().startsWith("THE KETTLE ARRIVED"), lines.getFirst());
  }

  @Test
  void detailsAreAnObjectWithTheFieldsOfTheContract() throws Exception {
    Result result =
        run("sql", "--format", "json", "-c", "SELECT GENERATE_DETAILS('two words') AS d");
    assertEquals(0, result.code(), result.err());
    JsonNode details = new ObjectMapper().readTree(result.out()).path("d");
    var names = new TreeSet<String>();
    details.fieldNames().forEachRemaining(names::add);
    assertEquals(
        new TreeSet<>(
            List.of(
                "text",
                "finish_reason",
                "prompt_tokens",
                "cached_tokens",
                "completion_tokens",
                "error")),
        names);
    assertEquals("TWO WORDS", details.path("text").asText());
    assertEquals(2, details.path("prompt_tokens").asInt());
    assertTrue(details.path("error").isNull());
  }

  @Test
  void severalStatementsRunInOrderFromFileAndStandardInput() throws IOException {
    String text = "SELECT 1 AS a; -- one\nSELECT 'two;' AS b";
    Path file = Files.writeString(folder.resolve("job.sql"), text);
    String expected = "a\r\n1\r\nb\r\ntwo;\r\n";
    assertEquals(new Result(0, expected, ""), run("sql", "--format=csv", "-f", file.toString()));
    assertEquals(
        new Result(0, expected, ""),
        runWithInput(text.getBytes(StandardCharsets.UTF_8), "sql", "--format=csv"));
  }

  @Test
  void nullPromptIsNullAndZeroRowsAreNone() {
    assertEquals(
        new Result(0, "{\"g\":null}\n", ""),
        run("sql", "--format", "json", "-c", "SELECT GENERATE(CAST(NULL AS VARCHAR)) AS g"));
    assertEquals(
        new Result(0, "g\r\n", ""),
        run(
            "sql",
            "--format",
            "csv",
            "-c",
            "SELECT GENERATE(body) AS g FROM '" + TICKETS + "' WHERE id < 0"));
  }

  @Test
  void outputStandsWholeOrNotAtAll() throws IOException {
    Path file = folder.resolve("rows.csv");
    Result good = run("sql", "--format", "csv", "--output", file.toString(), "-c", "SELECT 1 AS a");
    assertEquals(new Result(0, "", ""), good);
    assertEquals("a\r\n1\r\n", Files.readString(file));
    Result bad =
        run(
            "sql",
            "--format",
            "csv",
            "--output",
            file.toString(),
            "-c",
            "SELECT 2 AS a; SELECT * FROM 'no-such.parquet'");
    assertEquals(1, bad.code());
    assertEquals("a\r\n1\r\n", Files.readString(file));
    try (var left = Files.list(folder)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  @Test
  void fullDiskEndsTheJobWithTheSystemsWords() {
    Result result = run("sql", "--output", "/dev/full", "-c", "SELECT 1 AS a");
    assertEquals(1, result.code());
    assertTrue(result.err().contains("No space left on device"), result.err());
    assertNoStackTrace(result);
  }

  @Test
  void statsHaveTheFieldsOfTheContractAlsoWhenTheQueryFails() throws IOException {
    Path file = folder.resolve("stats.json");
    Result result =
        run(
            "sql",
            "--stats",
            file.toString(),
            "-c",
            "SELECT GENERATE(product) FROM '" + TICKETS + "'; SELECT * FROM 'no-such.parquet'");
    assertEquals(1, result.code());
    JsonNode stats = new ObjectMapper().readTree(file.toFile());
    var names = new TreeSet<String>();
    stats.fieldNames().forEachRemaining(names::add);
    assertEquals(
        new TreeSet<>(
            List.of(
                "rows",
                "distinct_prompts",
                "engine_calls",
                "prompt_tokens",
                "cached_prompt_tokens",
                "computed_prompt_tokens",
                "recomputed_prompt_tokens",
                "completion_tokens",
                "seconds",
                "rows_per_second",
                "load_seconds",
                "peak_memory_bytes")),
        names);
    assertEquals(24, stats.path("rows").asInt());
    assertEquals(5, stats.path("engine_calls").asInt());
    assertEquals(10, stats.path("prompt_tokens").asInt());
  }

  @Test
  void budgetEndsWithThreeAndKeepsFinishedRows() throws IOException {
    Path file = folder.resolve("rows.json");
    Result result =
        run(
            "sql",
            "--format",
            "json",
            "--output",
            file.toString(),
            "--max-rows-budget",
            "3",
            "--window-rows",
            "1",
            "-c",
            "SELECT id, GENERATE(body) FROM '" + TICKETS + "'");
    assertEquals(3, result.code(), result.err());
    assertTrue(result.err().contains("max-rows-budget"), result.err());
    assertEquals(3, Files.readAllLines(file).size());
  }

  @Test
  void modelThatCannotBeUsedEndsWithFour() {
    Result result = run("sql", "--model", "nowhere", "-c", "SELECT GENERATE('x')");
    assertEquals(4, result.code());
    assertEquals("quern: nowhere: no such folder\n", result.err());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "sql --frmat csv -c x | unknown option --frmat; did you mean --format?",
        "sql --max-num-seq=4 -c x | unknown option --max-num-seq; did you mean --max-num-seqs?",
        "sqll | unknown command sqll; did you mean sql?",
        "sql --format xml -c x | --format must be one of table, csv, json but is 'xml'",
        "sql --max-num-seqs 0 -c x | --max-num-seqs must be in [1, 65536] but is 0",
        "sql --threads many -c x | --threads must be a whole number but is 'many'",
        "sql --window-rows 0 -c x | --window-rows must be in [1,",
        "sql --quantization int5 -c x | --quantization: expected one of [none, wint8,",
        "sql --quantization-config no-such.json -c x | --quantization-config no-such.json: there is no such file",
        "sql --device -c | Expected parameter for option '--device'",
        "sql -c x -f y | give -c or -f, not both",
        "sql -f no-such.sql | -f no-such.sql: there is no such file",
        "sql -c ; | -c holds no statement",
        "sql --output no/such/folder/x.csv -c x | the folder does not exist",
        "plan | quern plan needs --model DIR",
        "score | quern score needs --text FILE or --ids FILE.json, one of them",
        "score --ids no-such.json | --ids no-such.json: there is no such file",
        "score --ids src/main/demo/tickets.csv | is no JSON",
        "score --text x --window-rows 3 | --window-rows belongs to quern sql",
        "score --text x --format csv | --format of score must be table or json",
        "serve --port 99999 | --port must be a whole number in [0, 65535] but is 99999",
        "serve --flight-port on | --flight-port must be a whole number in [0, 65535] but is on",
        "serve --tls-cert x | --tls-cert and --tls-key go together; give both",
        "serve --data-root no-such | --data-root no-such is no folder",
        "serve --max-requests 0 | --max-requests must be a whole number in [1, 100000] but is 0",
        "serve --api-key-file no-such | --api-key-file no-such: there is no such file",
        "plan --model x --devices b200:8 | --devices: expected NAME:COUNT",
        "quantize --model x | quern quantize needs --model DIR --quantization SCHEME --output DIR",
        "quantize --model x --quantization int5 --output y | expected one of",
        "quantize --model x --quantization wint4 --output src | --output src exists already",
        "bench-plan x.csv --format csv | --format of bench-plan must be table or json",
        "verify-gpu | quern verify-gpu is not built yet",
        "jobs | quern jobs is not built yet",
        "resume 7 | quern resume is not built yet"
      })
  void badCommandLineEndsWithTwoAndSaysWhatIsWrong(String line, String message) {
    Result result = run(line.split(" "));
    assertEquals(2, result.code(), result.err());
    assertTrue(result.err().contains(message), result.err());
    assertEquals("", result.out());
    assertNoStackTrace(result);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "SELCT 1 | line 1, column 1",
        "SELECT * FROM 'no-such.parquet' | no-such.parquet does not exist",
        "SELECT nothing FROM 'src/main/demo/tickets.parquet' | nothing",
        "SELECT GENERATE('x', temprature => 1) | temprature",
        "SELECT GENERATE_AS('x') | GENERATE_AS is not built yet"
      })
  void badStatementEndsWithOneAndNamesThePlace(String sql, String message) {
    Result result = run("sql", "-c", sql);
    assertEquals(1, result.code(), result.err());
    assertTrue(result.err().contains(message), result.err());
    assertNoStackTrace(result);
  }

  @Test
  void parquetWithABrokenFooterIsNamed() throws IOException {
    byte[] whole = Files.readAllBytes(Path.of(TICKETS));
    Path cut = Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(whole, whole.length - 6));
    Result result = run("sql", "-c", "SELECT * FROM '" + cut + "'");
    assertEquals(1, result.code());
    assertTrue(result.err().contains("cut.parquet"), result.err());
    assertNoStackTrace(result);
  }

  @Test
  void statementsThatAreNotUtf8AreRefusedWithThePlace() {
    byte[] latin1 = "SELECT 'caf\u00e9'".getBytes(StandardCharsets.ISO_8859_1);
    Result result = runWithInput(latin1, "sql");
    assertEquals(2, result.code());
    assertTrue(result.err().contains("standard input is not UTF-8 at byte 11"), result.err());
  }

  @Test
  void verboseAddsTheStackTrace() {
    Result result = run("--verbose", "sql", "-c", "SELCT 1");
    assertEquals(1, result.code());
    assertTrue(result.err().contains("\tat dev.quern."), result.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sql", "demo", "serve", "plan", "score", "quantize", "bench", "jobs"})
  void everyCommandHasHelp(String command) {
    Result result = run(command, "--help");
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().startsWith("Usage: quern " + command), result.out());
  }

  @Test
  void versionIsTheBuilds() {
    assertTrue(run("--version").out().matches("quern [0-9]+\\.[0-9]+\\.[0-9]+\n"));
    assertFalse(run("--version").out().contains("$"));
  }

  @Test
  void everyEngineOptionOfTheContractIsOffered() {
    assertEquals(new TreeSet<>(EngineOptions.NAMES), new TreeSet<>(EngineFlags.engineNames()));
    String help = run("sql", "--help").out();
    for (String name : dev.quern.sql.SessionOptions.names()) {
      assertTrue(help.contains("--" + name), name);
    }
  }

  private static void assertNoStackTrace(Result result) {
    assertFalse(result.err().contains("\tat "), result.err());
  }

  private static Result run(String... arguments) {
    return runWithInput(new byte[0], arguments);
  }

  private static Result runWithInput(byte[] input, String... arguments) {
    var captured = CapturedConsole.withInput(input);
    var driver =
        new QuernDriver(options -> {
          if (options.model().isPresent()) {
            throw new EngineException(options.model().get() + ": no such folder");
          }
          return ScriptedEngine.answering(String::toUpperCase);
        });
    var commands =
        Main.commands(
            captured.console(),
            properties -> driver.connect(QuernDriver.PREFIX, properties),
            (options, notices) -> ScriptedEngine.answering(String::toUpperCase),
            UNDISTURBED);
    int code = new CommandLineInterface(captured.console(), commands).run(List.of(arguments));
    return new Result(code, captured.output(), captured.errors());
  }
}
