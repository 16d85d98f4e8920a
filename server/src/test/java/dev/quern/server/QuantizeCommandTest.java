package dev.quern.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.server.query.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code quern quantize}, and what {@code score} and {@code plan} make of its folders. */
class QuantizeCommandTest {
  private static final String MODEL = "../executor/src/test/resources/golden/ernie-moe-shared";

  @TempDir Path folder;

  private record Result(int code, String out, String err) {}

  /** The end may be asked for, at once. */
  private record AtOnce(boolean requested) implements Cancellation {
    @Override
    public Registration onRequest(Runnable cancel) {
      if (requested) {
        cancel.run();
      }
      return () -> {};
    }
  }

  private static Result run(AtOnce end, String... arguments) {
    var captured = CapturedConsole.withoutInput();
    var console = captured.console();
    List<Command> commands =
        List.of(
            new QuantizeCommand(console, end), new ScoreCommand(console), new PlanCommand(console));
    int code = new CommandLineInterface(console, commands).run(List.of(arguments));
    return new Result(code, captured.output(), captured.errors());
  }

  private static Result run(String... arguments) {
    return run(new AtOnce(false), arguments);
  }

  private Result quantize(String model, String output, String... scheme) {
    var arguments = new ArrayList<>(List.of("quantize", "--model", model));
    arguments.addAll(List.of(scheme));
    arguments.addAll(List.of("--output", folder.resolve(output).toString()));
    return run(arguments.toArray(String[]::new));
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private String score(String model, String... more) throws IOException {
    Path ids = folder.resolve("ids.json");
    Files.writeString(ids, "{\"prompts\": [[3, 141, 59, 26, 53], [7, 8, 9, 300, 301, 302, 1]]}");
    Stream<String> all =
        Stream.concat(
            Stream.of("score", "--model", model, "--ids", ids.toString(), "--format", "json"),
            Arrays.stream(more));
    Result result = run(all.toArray(String[]::new));
    assertEquals(0, result.code(), result.err());
    return result.out();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "wint8", "w4a8c8"})
  void aPackedFolderScoresAsTheSchemeOnTheFly(String scheme) throws IOException {
    String output = folder.resolve("packed").toString();
    Result result = quantize(MODEL, "packed", "--quantization", scheme);
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().startsWith(output + ": "), result.out());
    assertTrue(result.out().endsWith(" bytes of packed weights\n"), result.out());
    assertEquals(score(MODEL, "--quantization", scheme), score(output));
    assertEquals(score(output), score(output, "--load", "copy"));
    Result plan = run("plan", "--model", output);
    assertEquals(0, plan.code(), plan.err());
    String stored = scheme.equals("none") ? "none (as stored)" : "none (as stored, " + scheme + ")";
    assertTrue(plan.out().contains(stored), plan.out());
    assertFalse(plan.out().contains("groups)"), plan.out());
  }

  @Test
  void whatIsMissingOnTheCommandLineIsSaid() throws IOException {
    String needs = "quern: quern quantize needs --model DIR --quantization SCHEME --output DIR\n";
    for (String line :
        List.of(
            "quantize",
            "quantize --quantization wint8 --output " + folder + "/x",
            "quantize --model " + MODEL + " --output " + folder + "/x",
            "quantize --model " + MODEL + " --quantization wint8")) {
      assertEquals(new Result(2, "", needs), run(line.split(" ")));
    }
    assertEquals(List.of(), left());
  }

  @Test
  void anOutputThatExistsIsLeftAlone() throws IOException {
    Files.createDirectory(folder.resolve("there"));
    Result result = quantize(MODEL, "there", "--quantization", "wint8");
    assertEquals(2, result.code());
    assertTrue(result.err().contains("there exists already; name a new folder"), result.err());
    assertEquals(List.of("there"), left());
  }

  @Test
  void aPackedFolderIsNoSource() throws IOException {
    assertEquals(0, quantize(MODEL, "packed", "--quantization", "wint8").code());
    String packed = folder.resolve("packed").toString();
    Result result = quantize(packed, "again", "--quantization", "wint4");
    assertEquals(2, result.code());
    assertTrue(result.err().contains("packed holds packed weights; give the"), result.err());
    assertEquals(List.of("packed"), left());
  }

  @Test
  void aGgufFileIsNoSourceAndTheRemedyIsNamed() throws IOException {
    Path file = Files.write(folder.resolve("f16.gguf"), new byte[64]);
    Result result = quantize(file.toString(), "x", "--quantization", "wint4");
    assertEquals(2, result.code());
    assertTrue(result.err().contains("reads folders with config.json"), result.err());
    assertTrue(result.err().contains("runs as it is, or with --quantization"), result.err());
    assertFalse(result.err().contains("already"), result.err());
    assertEquals(List.of("f16.gguf"), left());
  }

  @Test
  void aModelThatCannotBeUsedEndsWithFour() throws IOException {
    Result none = quantize("nowhere", "x", "--quantization", "wint4");
    assertEquals(4, none.code());
    assertTrue(none.err().startsWith("quern: nowhere: no such folder"), none.err());
    Result dense =
        quantize(MODEL.replace("ernie-moe-shared", "llama"), "x", "--quantization", "wint2");
    assertEquals(4, dense.code());
    assertTrue(dense.err().contains("wint2 is for experts"), dense.err());
    assertEquals(List.of(), left());
  }

  @Test
  void anInterruptEndsWith130AndNothingIsLeft() throws IOException {
    String output = folder.resolve("x").toString();
    Result result;
    try {
      result =
          run(
              new AtOnce(true),
              "quantize",
              "--model",
              MODEL,
              "--quantization",
              "wint8",
              "--output",
              output);
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals(130, result.code(), result.err());
    assertEquals("quern: " + output + ": interrupted while it was written\n", result.err());
    assertEquals(List.of(), left());
  }
}
