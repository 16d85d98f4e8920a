package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.quern.executor.swap.SwapSpace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Swap space under a model: the same answers, and true counts. */
final class SwapSpaceEngineTest {
  private static final String MODEL = "src/test/resources/golden/ernie-moe-shared";
  private static final int ROWS = 12;

  @TempDir Path folder;

  private record Answer(List<Integer> ids, Usage usage) {}

  private static EngineOptions options(String settings) {
    Map<String, String> options =
        new HashMap<>(Map.of("model", MODEL, "device", "cpu", "block-size", "4"));
    for (String setting : settings.split(" ")) {
      options.put(setting.split("=", 2)[0], setting.split("=", 2)[1]);
    }
    return EngineOptions.parse(options);
  }

  /** Swap space of so many blocks, whatever would be measured. */
  private SwapOpening blocks(int host, int file) {
    return (_, _, _, runner, notices) -> {
      try {
        return Optional.of(
            new SwapSpace(runner, notices)
                .withHostMemory(host * runner.blockBytes())
                .withSpillFile(folder, file * runner.blockBytes()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static LocalEngine open(String settings, SwapOpening swap) {
    EngineOptions options = options(settings);
    return LocalEngine.open(
        options,
        LoadedModel.open(options),
        Optional.empty(),
        notice -> assertTrue(!notice.contains("failed"), notice),
        swap);
  }

  /** Prompts of a shared head and a tail of their own. */
  private static List<PromptRow> rows() {
    var random = new Random(5);
    List<PromptRow> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      List<Integer> ids = new ArrayList<>(List.of(5, 6, 7, 8, 9, 10));
      random.ints(12 + random.nextInt(12), 3, 500).forEach(ids::add);
      rows.add(new PromptRow(new Prompt.Tokens(ids), TestOptions.maxTokens(5), 0));
    }
    return rows;
  }

  private static List<Answer> run(GenerateEngine engine, List<PromptRow> rows)
      throws InterruptedException {
    Map<Integer, List<Integer>> ids = new HashMap<>();
    Map<Integer, Event.Done> done = new HashMap<>();
    try (Completions completions = engine.submit(new PromptBatch(List.of(), rows, false))) {
      for (Event event; (event = completions.next()) != null; ) {
        switch (event) {
          case Event.Prompted _ -> fail("no row asks for its prompt");
          case Event.Delta(int row, _, List<Integer> more, _) ->
              ids.computeIfAbsent(row, _ -> new ArrayList<>()).addAll(more);
          case Event.Done d -> assertNull(done.put(d.row(), d), "two Dones of a row");
        }
      }
    }
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      answers.add(new Answer(ids.get(i), done.get(i).usage()));
    }
    return answers;
  }

  private static List<List<Integer>> ids(List<Answer> answers) {
    return answers.stream().map(Answer::ids).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kv-cache-dtype=f32",
        "kv-cache-dtype=f16",
        "kv-cache-dtype=bf16",
        "kv-cache-dtype=int8",
        "kv-cache-dtype=f16 tensor-parallel-size=2",
        "kv-cache-dtype=int8 device=reference"
      })
  void answersAreTheSameWithoutSwapAndWithSwapOfAnySize(String settings) throws Exception {
    List<List<Integer>> expected;
    try (LocalEngine engine = open(settings + " enable-prefix-caching=false", blocks(0, 0))) {
      expected = ids(run(engine, rows()));
    }
    String tiny = settings + " kv-cache-tokens=48";
    for (int[] size : new int[][] {{0, 0}, {3, 0}, {0, 7}, {5, 20}, {1000, 0}, {0, 1000}}) {
      try (LocalEngine engine = open(tiny, blocks(size[0], size[1]))) {
        for (int round = 0; round < 3; round++) {
          assertEquals(expected, ids(run(engine, rows())), size[0] + " and " + size[1] + " blocks");
        }
      }
    }
  }

  @Test
  void tokensThatCameBackAreCachedAndNotRecomputed() throws Exception {
    String tiny = "kv-cache-tokens=48 max-num-seqs=1";
    try (LocalEngine engine = open(tiny, blocks(0, 0))) {
      run(engine, rows());
      List<Answer> again = run(engine, rows());
      assertTrue(again.stream().mapToInt(a -> a.usage().recomputedTokens()).sum() > 100);
      assertTrue(again.stream().mapToInt(a -> a.usage().cachedTokens()).sum() < 150);
    }
    for (int[] size : new int[][] {{1000, 0}, {10, 1000}}) {
      try (LocalEngine engine = open(tiny, blocks(size[0], size[1]))) {
        run(engine, rows());
        for (Answer a : run(engine, rows())) {
          assertEquals(a.usage().promptTokens() - 1, a.usage().cachedTokens());
          assertEquals(0, a.usage().recomputedTokens());
        }
      }
    }
  }

  @Test
  void theDecisionIsToldWithItsFiguresBeforeTheFirstAnswer() throws Exception {
    List<String> notices = new ArrayList<>();
    EngineOptions options = options("swap-space=0.25 kv-cache-tokens=48");
    try (LocalEngine engine = LocalEngine.open(options, notices::add)) {
      String line =
          notices.stream().filter(n -> n.startsWith("swap space:")).findFirst().orElse("none");
      assertTrue(line.contains("swap space: 256 MiB in a file in "), line);
      assertTrue(
          line.contains(" on: a token takes ") || line.contains(" off: a token takes"), line);
      assertTrue(line.contains("us to compute") && line.contains("kv-cache-tokens"), line);
      assertEquals(ids(run(engine, rows())), ids(run(engine, rows())));
    }
  }

  @Test
  void whatCannotWorkIsRefusedWithWhatDoes() {
    String both =
        assertThrows(
                EngineException.class,
                () -> LocalEngine.open(options("swap-space=1 enable-prefix-caching=false")))
            .getMessage();
    assertTrue(both.contains("leave one of the two out"), both);
    String small =
        assertThrows(EngineException.class, () -> LocalEngine.open(options("swap-space=1e-9")))
            .getMessage();
    assertTrue(small.contains("raise swap-space"), small);
    String text =
        assertThrows(IllegalArgumentException.class, () -> options("swap-space=4GB")).getMessage();
    assertTrue(text.contains("a number of GiB but is '4GB'"), text);
    String negative =
        assertThrows(IllegalArgumentException.class, () -> options("swap-space=-1")).getMessage();
    assertTrue(negative.contains("must be in [0, "), negative);
  }
}
