package dev.quern.executor.engine;

import dev.quern.executor.cache.ContentHash;
import dev.quern.executor.cache.EvictedBlocks;
import dev.quern.executor.cache.PrefixCache;
import dev.quern.executor.cache.Turn;
import dev.quern.executor.choice.ChoiceTrie;
import dev.quern.executor.choice.ChoiceWalk;
import dev.quern.executor.model.decoder.KvSizes;
import dev.quern.executor.schedule.Scheduler;
import dev.quern.executor.schedule.SchedulerLimits;
import dev.quern.executor.schedule.Sequence;
import dev.quern.executor.swap.SwapSpace;
import dev.quern.executor.tokenizer.ChatTemplate;
import dev.quern.executor.tokenizer.Tokenizer.StreamDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Runs a checkpoint on a device of this machine: continuous batching over a shared prefix tree. */
public final class LocalEngine implements GenerateEngine {
  private final LoadedModel model;
  private final EnginePlan plan;
  private final ModelRunner runner;
  private final Optional<SwapSpace> swap;
  private final LocalTokens tokens;
  private final EngineLoop loop;
  private final Thread thread;
  private final AtomicLong batches = new AtomicLong();
  private final Set<Integer> stopIds;

  private LocalEngine(
      LoadedModel model,
      EnginePlan plan,
      ModelRunner untimed,
      Optional<SwapSpace> swap,
      EngineOptions options) {
    this.model = model;
    this.plan = plan;
    this.swap = swap;
    var timed = new TimedRunner(untimed);
    runner = timed;
    // The engine closes the model, not its tokens.
    tokens = new LocalTokens(model, plan, options, timed::times, () -> {});
    stopIds = drawable(model.generation().eosIds());
    var cache =
        new PrefixCache(
            plan.kv().blocks(),
            plan.kv().blockSize(),
            options.prefixCaching(),
            ContentHash.root(model.checkpoint().fingerprint() + plan.kv().type()),
            swap.<EvictedBlocks>map(s -> s).orElse(EvictedBlocks.NONE));
    var scheduler =
        new Scheduler(
            cache,
            new SchedulerLimits(
                options.maxNumSeqs(),
                options.maxNumBatchedTokens(),
                options.chunkedPrefill(),
                options.maxStepMillis()),
            runner::copyBlock);
    loop =
        new EngineLoop(
            runner,
            new LogprobReader(runner, model.tokenizer()),
            options.maxNumSeqs(),
            scheduler,
            cache,
            System::nanoTime);
    thread = Thread.ofPlatform().name("quern-engine").daemon().start(loop);
  }

  /** Opens an engine without a word. */
  public static LocalEngine open(EngineOptions options) {
    return open(options, _ -> {});
  }

  /**
   * Plans, says so, and loads.
   *
   * @param notices receives lines for people before the weights are loaded: model, sizes, device
   * @throws EngineException when model or settings cannot work, with the remedy
   * @throws dev.quern.executor.device.DeviceException when the device cannot be opened
   */
  public static LocalEngine open(EngineOptions options, Consumer<String> notices) {
    return open(options, LoadedModel.open(options), Optional.empty(), notices);
  }

  /**
   * The same for a model that is open already; it is closed with the engine, or when this fails.
   *
   * @param trace sees what the engine computes
   */
  public static LocalEngine open(
      EngineOptions options,
      LoadedModel model,
      Optional<EngineTrace> trace,
      Consumer<String> notices) {
    return open(options, model, trace, notices, MeasuredSwap::open);
  }

  /** The same with swap space as it is given. */
  static LocalEngine open(
      EngineOptions options,
      LoadedModel model,
      Optional<EngineTrace> trace,
      Consumer<String> notices,
      SwapOpening swapOpening) {
    try {
      EnginePlan plan = plan(options, model, notices);
      ModelRunner runner =
          Runners.open(
              options,
              model,
              plan.kv(),
              options.maxNumBatchedTokens(),
              options.maxNumSeqs(),
              trace);
      try {
        Optional<SwapSpace> swap = swapOpening.open(options, model, plan, runner, notices);
        try {
          return new LocalEngine(
              model,
              plan,
              trace.<ModelRunner>map(t -> new TracedRunner(runner, t)).orElse(runner),
              swap,
              options);
        } catch (RuntimeException e) {
          swap.ifPresent(SwapSpace::close);
          throw e;
        }
      } catch (RuntimeException e) {
        runner.close();
        throw e;
      }
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  static EnginePlan plan(EngineOptions options, LoadedModel model, Consumer<String> notices) {
    notices.accept(model.origin());
    model.warning().ifPresent(notices);
    EnginePlan plan = EnginePlan.of(options, model, HostMemory.availableBytes());
    plan.lines().forEach(notices);
    return plan;
  }

  @Override
  public Completions submit(PromptBatch batch) {
    var completions = new LocalCompletions(batch.rows().size(), loop);
    long number = batches.getAndIncrement();
    long arrival = loop.clock().getAsLong();
    var tries = new ChoiceTries(model.name(), model.tokenizer());
    Map<LogitRules, RowRules> rules = new HashMap<>();
    record Encoded(int row, int[] ids, RowRules rules, Optional<ChoiceWalk> walk, int mostAnswer) {}
    List<Encoded> encoded = new ArrayList<>(batch.rows().size());
    for (int i = 0; i < batch.rows().size(); i++) {
      try {
        GenerateOptions options = batch.rows().get(i).options();
        Optional<ChoiceTrie> trie = tries.of(options);
        int[] ids =
            tokens.ids(batch.head(), batch.rows().get(i), trie.map(ChoiceTrie::depth).orElse(1));
        Set<Integer> ends = stopIds(options);
        int most = trie.map(ChoiceTrie::depth).orElse(options.maxTokens());
        RowRules ruled = rules.computeIfAbsent(options.rules(), this::rules);
        encoded.add(new Encoded(i, ids, ruled, trie.map(t -> tries.walk(t, ends)), most));
      } catch (IllegalArgumentException e) {
        completions.emit(
            new Event.Done(i, FinishReason.ERROR, Usage.NONE, Optional.of(e.getMessage())));
      }
    }
    // Prefix-tree order: rows that share most stand together.
    encoded.sort(Comparator.comparing(Encoded::ids, Arrays::compare));
    List<RunningRow> rows = new ArrayList<>(encoded.size());
    for (Encoded e : encoded) {
      PromptRow row = batch.rows().get(e.row());
      rows.add(
          new RunningRow(
              e.row(),
              row.options(),
              new Sequence(
                  new Turn(row.priority(), number, rows.size()),
                  e.ids(),
                  Math.min(e.mostAnswer(), plan.maxModelLen() - e.ids().length),
                  row.options().report().promptLogprobs().isPresent()),
              stopIds(row.options()),
              e.rules(),
              plan.maxModelLen(),
              new AnswerText(streamDecoder(), row.options().stop()),
              e.walk(),
              batch.stream(),
              completions,
              new RowClock(loop.clock(), arrival)));
    }
    loop.add(rows);
    return completions;
  }

  private RowRules rules(LogitRules given) {
    int vocabulary = model.checkpoint().config().vocabSize();
    int drawable = Math.min(model.validIds(), vocabulary);
    return RowRules.of(given, model.name(), vocabulary, drawable, model.tokenizer());
  }

  private Set<Integer> stopIds(GenerateOptions options) {
    if (options.stopTokenIds().isEmpty()) {
      return stopIds;
    }
    Set<Integer> all = new HashSet<>(stopIds);
    all.addAll(drawable(options.stopTokenIds()));
    return all;
  }

  /** Ids outside of the vocabulary are never drawn, and must not be banned either. */
  private Set<Integer> drawable(List<Integer> ids) {
    int vocabulary = model.checkpoint().config().vocabSize();
    return ids.stream()
        .filter(id -> id >= 0 && id < vocabulary)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Without a tokenizer answers are ids only: their text is empty. */
  private StreamDecoder streamDecoder() {
    return model.tokenizer().map(t -> t.streamDecoder()).orElse(NO_TEXT);
  }

  private static final StreamDecoder NO_TEXT =
      new StreamDecoder() {
        @Override
        public String next(int id) {
          return "";
        }

        @Override
        public String finish() {
          return "";
        }
      };

  @Override
  public int countTokens(String text) {
    return tokens.count(text);
  }

  @Override
  public Optional<PromptTokens> tokens() {
    return Optional.of(tokens);
  }

  @Override
  public ModelInfo model() {
    return new ModelInfo(
        model.name(),
        model.checkpoint().fingerprint(),
        plan.maxModelLen(),
        model.template().isPresent(),
        model.tokenizer().isPresent(),
        model.template().map(ChatTemplate::readsTools).orElse(false),
        model.template().map(ChatTemplate::thinks).orElse(false));
  }

  /** Blocks, block size and type of the KV cache. */
  public KvSizes kv() {
    return plan.kv();
  }

  @Override
  public EngineStatistics statistics() {
    return loop.statistics();
  }

  @Override
  public PrefixTreeView prefixTree(int nodes) throws InterruptedException {
    try {
      return loop.promptRows()
          .get()
          .map(rows -> PrefixTreeViews.view(rows, nodes, this::streamDecoder))
          .orElse(PrefixTreeView.EMPTY);
    } catch (ExecutionException e) {
      throw new EngineException("the engine's thread gave no answer: " + e.getMessage(), e);
    }
  }

  @Override
  public boolean failed() {
    return loop.failed();
  }

  @Override
  public void close() {
    loop.stop();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // the weights must not be freed under a running step
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    swap.ifPresent(SwapSpace::close);
    runner.close();
    model.close();
  }
}
