package dev.quern.executor.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.bench.Measured.Operation;
import dev.quern.executor.device.cpu.CpuPeaks;
import dev.quern.executor.device.cpu.KernelChoice;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.LoadedModel;
import dev.quern.executor.model.plan.QuantizationScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is computed in a measured run, told from multiply-adds over tokens: no time is judged. */
class BenchmarkTest {
  // The model of ModelCostTest with 2000 ids: linears of a token, attention of a key, logits.
  private static final double TOKEN = 192 + 144 + 192 + 32 + 3 * 72;
  private static final double KEY = 32;
  private static final double HEAD = 8 * 2000;

  private static final Set<Operation> STEPS = EnumSet.of(Operation.PREFILL, Operation.DECODE);

  @TempDir Path folder;

  private List<Measured> run(BenchRequest request, String... options) throws IOException {
    String text = ModelCostTest.CONFIG.replace("\"vocab_size\": 10,", "\"vocab_size\": 2000,");
    Path config = Files.writeString(folder.resolve("config.json"), text);
    Map<String, String> all = new java.util.HashMap<>(Map.of("threads", "2"));
    for (int i = 0; i < options.length; i += 2) {
      all.put(options[i], options[i + 1]);
    }
    List<Measured> points = new ArrayList<>();
    try (var benchmark =
        Benchmark.open(
            request,
            new Benchmark.Effort(1 << 20, 0, 0.01, 5),
            EngineOptions.parse(all),
            () -> LoadedModel.random(config, QuantizationScheme.NONE),
            _ -> {})) {
      benchmark.run(points::add);
      Machine machine = benchmark.machine();
      assertEquals(2, machine.threads());
      assertTrue(KernelChoice.all().contains(machine.isa()), machine.isa());
      assertTrue(machine.peakInt8MacsPerSecond() > 0);
      assertTrue(machine.peakReadBytesPerSecond() > 0);
    }
    return points;
  }

  @Test
  void everyOperationComputesWhatItNamesAndNothingElse() throws IOException {
    var request =
        new BenchRequest(
            EnumSet.allOf(Operation.class), 20, 4, List.of(1, 3), 16, OptionalInt.of(5));
    List<Measured> points = run(request, "kv-cache-tokens", "1024");
    assertEquals(
        List.of(
            Operation.PREFILL,
            Operation.PREFILL,
            Operation.DECODE,
            Operation.DECODE,
            Operation.JOB),
        points.stream().map(Measured::operation).toList());
    assertEquals(List.of(1, 3, 1, 3, 5), points.stream().map(Measured::batch).toList());
    assertEquals(List.of(0, 0, 16, 16, 16), points.stream().map(Measured::sharedPrefix).toList());
    for (Measured prefill : points.subList(0, 2)) {
      // 20 cold tokens a row, one row of logits.
      assertRatio(20 * TOKEN + KEY * 20 * 21 / 2 + HEAD, prefill.macsPerSecond(), prefill);
      assertEquals(20, prefill.tokensPerSecond() / prefill.rowsPerSecond(), 1e-6);
    }
    for (Measured decode : points.subList(2, 4)) {
      // 4 steps of one token a row, behind 20 cached ones.
      assertRatio(4 * (TOKEN + HEAD) + KEY * (21 + 22 + 23 + 24), decode.macsPerSecond(), decode);
      assertEquals(4, decode.tokensPerSecond() / decode.rowsPerSecond(), 1e-6);
    }
    // The head's 16 tokens once; 4 of each row, its last with logits; 3 more steps each.
    double shared = 16 * TOKEN + KEY * 16 * 17 / 2;
    double own = 4 * TOKEN + KEY * (17 + 18 + 19 + 20) + HEAD;
    double steps = 3 * (TOKEN + HEAD) + KEY * (21 + 22 + 23);
    Measured job = points.getLast();
    assertRatio(shared / 5 + own + steps, job.macsPerSecond(), job);
    assertEquals(4, job.tokensPerSecond() / job.rowsPerSecond(), 1e-6);
  }

  /** Multiply-adds a row. */
  private static void assertRatio(double expected, double macsPerSecond, Measured point) {
    assertEquals(expected, macsPerSecond / point.rowsPerSecond(), 1e-6 * expected, point::toString);
  }

  @Test
  void wholePromptsMayBeShared() throws IOException {
    var request = new BenchRequest(STEPS, 16, 2, List.of(4), 16, OptionalInt.empty());
    List<Measured> points = run(request);
    assertEquals(2, points.size());
    assertRatio(
        2 * (TOKEN + HEAD) + KEY * (17 + 18), points.getLast().macsPerSecond(), points.getLast());
  }

  @Test
  void aCacheThatCannotHoldTheBatchIsAnError() {
    var request = new BenchRequest(STEPS, 40, 8, List.of(8), 0, OptionalInt.empty());
    var e = assertThrows(EngineException.class, () -> run(request, "kv-cache-tokens", "96"));
    assertTrue(e.getMessage().contains("--kv-cache-tokens"), e.getMessage());
  }

  @Test
  void aContextThatIsTooShortIsAnError() {
    var request = new BenchRequest(STEPS, 60, 8, List.of(1), 0, OptionalInt.empty());
    var e = assertThrows(EngineException.class, () -> run(request));
    assertTrue(e.getMessage().contains("69 tokens and the context holds 64"), e.getMessage());
  }

  @Test
  void everyInstructionSetOfThisMachineHasPeaks() {
    for (String isa : KernelChoice.find().available()) {
      var peaks = CpuPeaks.of("cpu:" + isa, 1);
      assertTrue(peaks.int8MacsPerSecond() > 1e6, isa);
      assertTrue(peaks.readBytesPerSecond(1 << 20) > 1e6, isa);
    }
  }
}
