package dev.quern.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
  private static final String EMBEDDED = "../executor/embedded-model";
  private static final String TINY =
      """
      {"model_type": "llama", "vocab_size": 320, "hidden_size": 32, "intermediate_size": 64,
       "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8,
       "max_position_embeddings": 128, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
       "tie_word_embeddings": false, "hidden_act": "silu"}
      """;

  @TempDir Path folder;

  private record Result(int code, String out, String err) {}

  private static Result run(String... arguments) {
    var captured = CapturedConsole.withoutInput();
    var command = new BenchCommand(captured.console());
    int code =
        new CommandLineInterface(captured.console(), List.of(command)).run(List.of(arguments));
    return new Result(code, captured.output(), captured.errors());
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void jsonHasTheFieldsOfTheContractInItsOrder() throws IOException {
    Result result =
        run(
            ("bench --model "
                    + EMBEDDED
                    + " --format json --prompt-tokens 12 --generate-tokens 2"
                    + " --batch 1,2 --shared-prefix 8 --rows 3 --kv-cache-tokens 512")
                .split(" "));
    assertEquals(0, result.code(), result.err());
    List<String> lines = result.out().lines().toList();
    assertEquals(6, lines.size(), result.out());
    var mapper = new ObjectMapper();
    List<String> points = new ArrayList<>();
    for (String line : lines.subList(0, 5)) {
      JsonNode point = mapper.readTree(line);
      assertEquals(
          List.of(
              "operation",
              "batch",
              "prompt_tokens",
              "shared_prefix",
              "tokens_per_second",
              "rows_per_second",
              "macs_per_second",
              "bytes_per_second"),
          names(point));
      assertEquals(12, point.path("prompt_tokens").asInt());
      assertTrue(point.path("macs_per_second").asDouble() > 0, line);
      assertTrue(point.path("bytes_per_second").asDouble() > 0, line);
      points.add(
          point.path("operation").asText()
              + point.path("batch").asInt()
              + "/"
              + point.path("shared_prefix").asInt());
    }
    assertEquals(List.of("prefill1/0", "prefill2/0", "decode1/8", "decode2/8", "job3/8"), points);
    JsonNode machine = mapper.readTree(lines.getLast());
    assertEquals(
        List.of(
            "threads",
            "isa",
            "peak_int8_macs_per_second",
            "peak_read_bytes_per_second",
            "peak_memory_bytes"),
        names(machine));
    assertTrue(machine.path("peak_memory_bytes").asLong() > 0, lines.getLast());
  }

  @Test
  void aConfigurationAloneIsMeasuredOnRandomWeights() throws IOException {
    Path config = Files.writeString(folder.resolve("tiny.json"), TINY);
    Result result =
        run(
            "bench",
            "--config",
            config.toString(),
            "--prompt-tokens",
            "8",
            "--generate-tokens",
            "2",
            "--batch",
            "2",
            "--operations",
            "decode",
            "--device",
            "cpu:java-plain",
            "--threads",
            "1");
    assertEquals(0, result.code(), result.err());
    List<String> lines = result.out().lines().toList();
    assertTrue(lines.get(0).startsWith("operation"), result.out());
    assertTrue(lines.get(1).startsWith("decode         2       8       0"), result.out());
    assertTrue(lines.get(2).contains("1 thread, java"), result.out());
    assertTrue(result.err().contains("random weights in the shape of " + config), result.err());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "--batch 0 | --batch must be positive whole numbers",
        "--batch 8,x | --batch must be positive whole numbers",
        "--batch 129 | give --max-num-seqs 129",
        "--batch 4 --max-num-batched-tokens 2 | give --max-num-batched-tokens 4",
        "--prompt-tokens 0 | --prompt-tokens must be a whole number in [1,",
        "--prompt-tokens 8 --shared-prefix 9 | --shared-prefix 9 is more than --prompt-tokens 8",
        "--operations decode,jump | --operations must name some of prefill, decode, job",
        "--operations job | a job needs --rows",
        "--operations decode --rows 3 | --rows belongs to a job",
        "--format csv | --format of bench must be table or json",
        "--device reference | --device reference: quern bench measures cpu",
        "--enable-prefix-caching false | leave it on",
        "--model x --config y | give --model or --config, not both",
        "--config y --quantization int5 | --quantization: expected one of",
        "--seed 1 | --seed belongs to quern sql"
      })
  void badCommandLinesEndWithTwo(String line, String message) {
    Result result = run(("bench " + line).split(" "));
    assertEquals(2, result.code(), result.err());
    assertTrue(result.err().contains(message), result.err());
    assertEquals("", result.out());
  }

  @Test
  void aMissingConfigurationIsNamed() {
    Result result = run("bench", "--config", "no-such.json");
    assertEquals(4, result.code(), result.err());
    assertTrue(result.err().contains("no-such.json"), result.err());
  }
}
