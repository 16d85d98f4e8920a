package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** What an engine tells of itself, on a small checkpoint. */
final class EngineStatisticsTest {
  private static final String MODEL = "src/test/resources/golden/ernie-moe-shared";

  private static EngineOptions options(String... more) {
    Map<String, String> options = new HashMap<>(Map.of("model", MODEL, "device", "cpu"));
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    return EngineOptions.parse(options);
  }

  private static PromptBatch batch(List<PromptRow> rows) {
    return new PromptBatch(List.of(), rows, false);
  }

  private static PromptRow row(int mostTokens, List<Integer> ids) {
    return new PromptRow(new Prompt.Tokens(ids), TestOptions.maxTokens(mostTokens), 0);
  }

  private static List<Usage> run(GenerateEngine engine, List<PromptRow> rows)
      throws InterruptedException {
    return usages(engine.submit(batch(rows)));
  }

  private static List<Usage> usages(Completions submitted) throws InterruptedException {
    List<Usage> usages = new ArrayList<>();
    try (Completions completions = submitted) {
      for (Event event; (event = completions.next()) != null; ) {
        if (event instanceof Event.Done done) {
          usages.add(done.usage());
        }
      }
    }
    return usages;
  }

  /** The view behind the last step: a Done is seen before it. */
  private static EngineStatistics whenIdle(GenerateEngine engine) throws InterruptedException {
    while (true) {
      EngineStatistics now = engine.statistics();
      if (now.running() + now.waiting() == 0) {
        return now;
      }
      Thread.sleep(1);
    }
  }

  private static List<PromptRow> randomRows(Random random, int count) {
    List<PromptRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Integer> ids = new ArrayList<>(List.of(5, 6, 7, 8, 9, 10));
      random.ints(1 + random.nextInt(20), 3, 500).forEach(ids::add);
      rows.add(row(1 + random.nextInt(12), ids));
    }
    return rows;
  }

  @Test
  void countersAreTheSumsOfWhatRowsReport() throws Exception {
    try (LocalEngine engine = LocalEngine.open(options("block-size", "4"))) {
      assertEquals(EngineStatistics.NONE.tokens(), engine.statistics().tokens());
      List<Usage> usages = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        usages.addAll(run(engine, randomRows(new Random(round % 2), 20)));
      }
      EngineStatistics s = whenIdle(engine);
      long prompt = usages.stream().mapToLong(Usage::promptTokens).sum();
      long cached = usages.stream().mapToLong(Usage::cachedTokens).sum();
      long recomputed = usages.stream().mapToLong(Usage::recomputedTokens).sum();
      long generated = usages.stream().mapToLong(Usage::completionTokens).sum();
      assertEquals(prompt, s.tokens().queried());
      assertEquals(cached, s.tokens().hit());
      assertEquals(prompt - cached, s.tokens().computed());
      assertEquals(recomputed, s.tokens().recomputed());
      assertEquals(generated, s.tokens().generated());
      assertEquals(0, s.preemptions());
      assertEquals(s.steps(), s.stepRows().count());
      assertEquals(s.steps(), s.stepTokens().count());
      assertEquals(s.steps(), s.stepSeconds().count());
      // The token drawn last is not computed.
      assertEquals(prompt - cached + generated - 60, (long) s.stepTokens().sum());
      assertTrue(s.stepSeconds().sum() > 0);
    }
  }

  @Test
  void preemptionsAndWhatTheyCostAreCounted() throws Exception {
    var held = new Held(2);
    try (LocalEngine engine =
            open(
                held,
                "block-size",
                "4",
                "kv-cache-tokens",
                "32",
                "max-model-len",
                "32",
                "max-num-batched-tokens",
                "32",
                "max-num-seqs",
                "1");
        held) {
      List<Integer> low = new Random(1).ints(20, 3, 500).boxed().toList();
      List<Integer> high = new Random(2).ints(20, 3, 500).boxed().toList();
      Completions offline = engine.submit(batch(List.of(row(10, low))));
      held.awaitStep();
      Completions online =
          engine.submit(
              batch(List.of(new PromptRow(new Prompt.Tokens(high), TestOptions.maxTokens(2), 1))));
      held.goOn();
      List<Usage> usages = new ArrayList<>(usages(online));
      usages.addAll(usages(offline));
      EngineStatistics s = whenIdle(engine);
      assertEquals(1, s.preemptions());
      assertEquals(
          usages.stream().mapToLong(Usage::recomputedTokens).sum(), s.tokens().recomputed());
      assertTrue(s.tokens().recomputed() > 0);
      assertEquals(40, s.tokens().queried());
      assertEquals(40 + s.tokens().recomputed(), s.tokens().computed());
    }
  }

  @Test
  void everyViewIsConsistentUnderRandomLoad() throws Exception {
    try (LocalEngine engine =
            LocalEngine.open(options("block-size", "4", "kv-cache-tokens", "256"));
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      var looked = new CountDownLatch(1);
      var end = new CountDownLatch(1);
      Future<Long> reader =
          threads.submit(() -> {
            long views = 0;
            EngineStatistics before = engine.statistics();
            while (end.getCount() > 0) {
              EngineStatistics s = engine.statistics();
              EngineStatistics.KvBlocks kv = s.kvBlocks();
              assertEquals(64, kv.used() + kv.cached() + kv.free());
              assertTrue(s.running() == 0 || kv.used() > 0, s::toString);
              // A batch that ends within a step is in the view until it, and the next one may be
              // submitted by then: each of the three loads has at most two of 30 rows.
              assertTrue(s.running() + s.waiting() <= 180, s::toString);
              assertTrue(s.steps() >= before.steps());
              assertTrue(s.tokens().generated() >= before.tokens().generated());
              assertEquals(s.steps(), s.stepRows().count());
              before = s;
              views++;
              looked.countDown();
            }
            return views;
          });
      while (looked.getCount() > 0 && !reader.isDone()) {
        Thread.sleep(1); // else the loads might end before the reader has its turn
      }
      List<Future<List<Usage>>> loads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        var random = new Random(i);
        loads.add(
            threads.submit(() -> {
              List<Usage> usages = new ArrayList<>();
              for (int round = 0; round < 8; round++) {
                usages.addAll(run(engine, randomRows(random, 30)));
              }
              return usages;
            }));
      }
      long generated = 0;
      try {
        for (Future<List<Usage>> load : loads) {
          generated += load.get().stream().mapToLong(Usage::completionTokens).sum();
        }
      } finally {
        end.countDown(); // the reader, for which closing the threads waits
      }
      assertTrue(reader.get() > 0);
      assertEquals(generated, whenIdle(engine).tokens().generated());
    }
  }

  private static LocalEngine open(Held held, String... more) {
    EngineOptions options = options(more);
    return LocalEngine.open(options, LoadedModel.open(options), Optional.of(held), _ -> {});
  }

  private static PrefixTreeView behindTheHeldStep(Held held, GenerateEngine engine)
      throws Exception {
    var asked = new FutureTask<>(() -> engine.prefixTree(10));
    Thread asking = Thread.ofPlatform().start(asked);
    while (asking.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    held.goOn();
    return asked.get();
  }

  @Test
  void statisticsDoNotWaitForAStepAndTheTreeComesBehindIt() throws Exception {
    var held = new Held(2);
    try (LocalEngine engine = open(held, "block-size", "4", "max-num-seqs", "2");
        held) {
      assertTrue(engine.prefixTree(10).isEmpty()); // from here on ended rows are kept
      Completions first =
          engine.submit(
              batch(
                  List.of(
                      row(1, List.of(5, 6, 7, 8, 9, 20)),
                      row(9, List.of(5, 6, 7, 8, 9, 21)),
                      row(9, List.of(5, 6, 7, 8, 9, 22)),
                      row(9, List.of(5, 6, 7, 8, 9, 23)))));
      held.awaitStep();
      EngineStatistics s = engine.statistics();
      // The first has ended in the first step, and two took their seats in the second.
      assertEquals(List.of(2L, 2L, 1L), List.of(s.steps(), (long) s.running(), (long) s.waiting()));
      Completions second = engine.submit(batch(List.of(row(1, List.of(30, 31)))));
      assertEquals(2, engine.statistics().waiting());
      PrefixTreeView tree = behindTheHeldStep(held, engine);
      assertEquals(List.of(2, 2, 1), List.of(tree.running(), tree.waiting(), tree.done()));
      first.close();
      second.close();
      assertEquals(0, whenIdle(engine).waiting());
      assertTrue(engine.prefixTree(10).isEmpty());
    }
  }

  @Test
  void theTreeTellsWhatOfItIsCachedAndWhatIsDone() throws Exception {
    var held = new Held(4);
    try (LocalEngine engine = open(held, "block-size", "4", "max-num-seqs", "1");
        held) {
      assertTrue(engine.prefixTree(10).isEmpty()); // from here on ended rows are kept
      Completions completions =
          engine.submit(
              batch(
                  List.of(
                      row(2, List.of(5, 6, 7, 8, 9, 20)),
                      row(9, List.of(5, 6, 7, 8, 9, 21, 22)),
                      row(9, List.of(5, 6, 7, 8, 9, 23, 24, 25)))));
      held.awaitStep();
      // Of four steps two were the first row's.
      PrefixTreeView tree = behindTheHeldStep(held, engine);
      assertEquals(List.of(1, 1, 1), List.of(tree.running(), tree.waiting(), tree.done()));
      PrefixTreeView.Node head = tree.roots().getFirst();
      assertEquals(List.of(5, 5), List.of(head.tokens(), head.cachedTokens()));
      assertEquals(
          List.of("2 of 2", "0 of 3", "1 of 1"),
          head.children().stream().map(n -> n.cachedTokens() + " of " + n.tokens()).toList());
      assertEquals(21, tree.promptTokens());
      assertEquals(11, tree.treeTokens());
      assertEquals(8, tree.cachedTokens());
      assertEquals("", head.text());
      completions.close();
    }
  }

  @Test
  void anEngineThatHasEndedHasNothing() throws Exception {
    var held = new Held(1);
    LocalEngine engine = open(held, "block-size", "4");
    Completions completions = engine.submit(batch(List.of(row(40, List.of(5, 6, 7)))));
    held.awaitStep();
    held.goOn();
    engine.close();
    EngineStatistics s = engine.statistics();
    assertEquals(List.of(0, 0, 0), List.of(s.running(), s.waiting(), s.kvBlocks().used()));
    assertTrue(s.tokens().generated() > 0);
    assertEquals(PrefixTreeView.EMPTY, engine.prefixTree(10));
    completions.close();
  }

  @Test
  void timesOfARowAddUp() throws Exception {
    try (LocalEngine engine = LocalEngine.open(options("max-num-seqs", "1"))) {
      long start = System.nanoTime();
      List<Usage> usages = run(engine, randomRows(new Random(5), 4));
      double all = (System.nanoTime() - start) / 1e9;
      double queued = 0;
      for (Usage usage : usages) {
        Usage.Timing t = usage.timing();
        assertTrue(t.queue() >= 0 && t.prefill() > 0, t::toString);
        assertEquals(usage.completionTokens() == 1, t.decode() == 0, t::toString);
        assertTrue(t.queue() + t.prefill() + t.decode() <= all, t::toString);
        assertTrue(t.queue() >= queued); // one seat: each waits for those in front of it
        queued = t.queue() + t.prefill() + t.decode();
      }
    }
  }
}
