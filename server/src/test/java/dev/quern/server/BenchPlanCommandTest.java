package dev.quern.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchPlanCommandTest {
  @TempDir private Path folder;

  private String run(String... arguments) {
    var console = CapturedConsole.withoutInput();
    assertEquals(0, run(console, arguments), console.errors());
    return console.output();
  }

  private static int run(CapturedConsole console, String... arguments) {
    var command =
        new BenchPlanCommand(console.console(), () -> Path.of("../executor/embedded-model"));
    return new CommandLineInterface(console.console(), List.of(command)).run(List.of(arguments));
  }

  /** 40 reviews of two films; written with the review first, they share next to nothing. */
  private Path reviews() throws IOException {
    var csv = new StringBuilder("review,film\n");
    for (int i = 0; i < 40; i++) {
      String plot = "A long plot, told for film number " + i % 2 + ", ".repeat(100);
      csv.append(String.format(Locale.ROOT, "%c%d,\"%s\"%n", 'a' + i % 26, i, plot));
    }
    return Files.writeString(folder.resolve("reviews.csv"), csv);
  }

  @Test
  void fieldOrderSharesWhatTheWrittenOrderCannot() throws IOException {
    JsonNode json =
        new ObjectMapper().readTree(run("bench-plan", reviews().toString(), "--format", "json"));
    assertEquals(40, json.path("rows").asInt());
    assertEquals("[\"review\",\"film\"]", json.path("fields").toString());
    assertTrue(json.path("measure").asText().contains("longest common prefix"));
    assertTrue(json.path("solver_seconds").asDouble() > 0);
    for (String unit : List.of("characters", "tokens")) {
      double written = json.path("as_written").path(unit).asDouble();
      assertEquals(written, json.path("row_order").path(unit).asDouble());
      assertTrue(written > 0 && written < 0.2, unit + " as written " + written);
      double ordered = json.path("field_order").path(unit).asDouble();
      // 38 of 40 prompts repeat their film: all but the review and its punctuation.
      assertTrue(ordered > 0.8 && ordered < 0.95, unit + " by field order " + ordered);
    }
  }

  @Test
  void oneFieldHasOneOrder() throws IOException {
    String out = run("bench-plan", reviews().toString(), "--fields", "film");
    assertTrue(out.startsWith("40 rows of film\n"), out);
    assertTrue(out.contains("prefix hits"), out);
    assertTrue(out.contains("longest common prefix"), out);
  }

  @Test
  void badInputIsSaidPlainly() throws IOException {
    String table = reviews().toString();
    assertError(
        1,
        table + " has no column \"plot\"; its columns are [review, film]",
        "bench-plan",
        table,
        "--fields",
        "plot");
    assertError(1, folder + "/none.csv does not exist", "bench-plan", folder + "/none.csv");
    assertError(2, "bench-plan needs a table: quern bench-plan FILE", "bench-plan");
    assertError(
        2, "--format of bench-plan must be table or json", "bench-plan", table, "--format", "csv");
  }

  private static void assertError(int code, String message, String... arguments) {
    var console = CapturedConsole.withoutInput();
    assertEquals(code, run(console, arguments));
    assertTrue(console.errors().startsWith("quern: " + message), console.errors());
  }
}
