package dev.quern.executor.bench;

import dev.quern.executor.bench.Measured.Operation;
import dev.quern.executor.device.cpu.CpuPeaks;
import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.LoadedModel;
import dev.quern.executor.engine.LocalEngine;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.PromptRow;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Measures an engine as it runs in production: prompts of token ids through {@link LocalEngine},
 * greedy, of fixed length whatever ends an answer. Each point is the best of at least three runs
 * (fewer where they take long), behind a warm-up.
 */
public final class Benchmark implements AutoCloseable {
  private static final int RUNS = 3;

  /**
   * How much is done for a figure.
   *
   * @param readBytes bytes read for the peak of reading: more than caches hold
   * @param warmUpSeconds seconds of a mixed load before the first point
   * @param leastSeconds seconds that the runs of a point take at least
   * @param mostSeconds seconds behind which no further run of a point starts
   */
  record Effort(long readBytes, double warmUpSeconds, double leastSeconds, double mostSeconds) {
    static final Effort FULL = new Effort(1L << 30, 2, 1, 60);
  }

  private final Effort effort;
  private final BenchRequest request;
  private final CpuPeaks peaks;
  private final PeakMemory memory;
  private final StepCounter counter;
  private final LocalEngine engine;
  private final RandomPrompts prompts;
  private double int8Peak;
  private double readPeak;

  private Benchmark(
      BenchRequest request,
      Effort effort,
      EngineOptions options,
      CpuPeaks peaks,
      LoadedModel model,
      Consumer<String> notices) {
    this.request = request;
    this.effort = effort;
    this.peaks = peaks;
    measurePeaks();
    counter = new StepCounter();
    prompts = new RandomPrompts(model.checkpoint().config().vocabSize());
    memory = new PeakMemory();
    try {
      engine = LocalEngine.open(options, model, Optional.of(counter), notices);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
    counter.start(new ModelCost(model.checkpoint(), engine.kv()));
  }

  /**
   * Measures the machine, then loads the model, which is closed with the benchmark.
   *
   * @throws IllegalArgumentException when the options do not fit one another
   * @throws EngineException when model or settings cannot work
   */
  public static Benchmark open(
      BenchRequest request,
      EngineOptions options,
      Supplier<LoadedModel> model,
      Consumer<String> notices) {
    return open(request, Effort.FULL, options, model, notices);
  }

  static Benchmark open(
      BenchRequest request,
      Effort effort,
      EngineOptions options,
      Supplier<LoadedModel> model,
      Consumer<String> notices) {
    request.check(options);
    var peaks = CpuPeaks.of(options.device(), options.threads());
    return new Benchmark(request, effort, options, peaks, model.get(), notices);
  }

  /**
   * Measures every point of the request.
   *
   * @param out receives them as they come
   * @throws EngineException when the KV cache or the context is too small, with the remedy
   */
  public void run(Consumer<Measured> out) {
    if (request.longest() > engine.model().contextTokens()) {
      throw new EngineException(
          "prompt and answer take "
              + request.longest()
              + " tokens and the context holds "
              + engine.model().contextTokens()
              + "; give fewer --prompt-tokens or --generate-tokens, or more --kv-cache-tokens");
    }
    warmUp();
    if (request.operations().contains(Operation.PREFILL)) {
      request.batches().forEach(batch -> out.accept(prefill(batch)));
    }
    if (request.operations().contains(Operation.DECODE)) {
      request.batches().forEach(batch -> out.accept(decode(batch)));
    }
    request.jobRows().ifPresent(rows -> out.accept(job(rows)));
  }

  /** What the run says of the machine: peaks are the better of before and after the model ran. */
  public Machine machine() {
    long bytes = memory.bytes();
    measurePeaks();
    return new Machine(peaks.threads(), peaks.isa(), int8Peak, readPeak, bytes);
  }

  private void measurePeaks() {
    int8Peak = Math.max(int8Peak, peaks.int8MacsPerSecond());
    readPeak = Math.max(readPeak, peaks.readBytesPerSecond(effort.readBytes));
  }

  /** Compiles and touches what the points use. */
  private void warmUp() {
    long start = System.nanoTime();
    int length = Math.min(64, request.promptTokens());
    int generated = Math.min(8, request.generateTokens());
    do {
      submit(prompts.sharing(4, length, length / 2), generated);
    } while (System.nanoTime() - start < effort.warmUpSeconds * 1e9);
  }

  private Measured prefill(int batch) {
    Run best = best(0, () -> submit(prompts.sharing(batch, request.promptTokens(), 0), 1));
    return measured(Operation.PREFILL, batch, 0, request.promptTokens(), best);
  }

  /**
   * Prompts are computed once, untimed; each run then adds a token to every one and decodes behind
   * it, so that its steps hold one token a row and nothing else.
   */
  private Measured decode(int batch) {
    List<List<Integer>> heads =
        prompts.sharing(batch, request.promptTokens(), request.sharedPrefix());
    submit(List.copyOf(new HashSet<>(heads)), 1);
    long cached = (long) batch * request.promptTokens();
    Run best = best(cached, () -> submit(prompts.extended(heads), request.generateTokens()));
    if (best.cachedTokens < cached) {
      throw new EngineException(
          "the KV cache of "
              + engine.kv().blocks() * (long) engine.kv().blockSize()
              + " tokens does not hold "
              + batch
              + " prompts and their answers; give --kv-cache-tokens "
              + 2L * batch * (request.longest() + engine.kv().blockSize()));
    }
    return measured(
        Operation.DECODE, batch, request.sharedPrefix(), request.generateTokens(), best);
  }

  private Measured job(int rows) {
    Run best =
        best(
            (rows - 1L) * request.sharedPrefix(),
            () ->
                submit(
                    prompts.sharing(rows, request.promptTokens(), request.sharedPrefix()),
                    request.generateTokens()));
    return measured(Operation.JOB, rows, request.sharedPrefix(), request.generateTokens(), best);
  }

  private Measured measured(Operation operation, int rows, int shared, int tokensOfRow, Run best) {
    return new Measured(
        operation,
        rows,
        request.promptTokens(),
        shared,
        rows * (double) tokensOfRow / best.seconds,
        rows / best.seconds,
        best.macs / best.seconds,
        best.bytes / best.seconds);
  }

  /** One run: its wall time, what its steps computed and read, prompt tokens out of the cache. */
  private record Run(double seconds, long macs, long bytes, long cachedTokens) {}

  /**
   * The fastest run. One whose random prompts met more in the cache than they were to share does
   * not count.
   *
   * @param cached prompt tokens that come out of the cache by intention
   */
  private Run best(long cached, Supplier<Run> operation) {
    Optional<Run> best = Optional.empty();
    double total = 0;
    int counted = 0;
    do {
      Run run = operation.get();
      total += run.seconds;
      if (run.cachedTokens <= cached) {
        counted++;
        best = best.filter(b -> b.seconds < run.seconds).or(() -> Optional.of(run));
      }
    } while ((counted < RUNS || total < effort.leastSeconds) && total < effort.mostSeconds);
    return best.orElseThrow(() ->
        new EngineException(
            "random prompts over a vocabulary of so few ids are cached by chance; measure a"
                + " model with more"));
  }

  private Run submit(List<List<Integer>> rows, int generated) {
    var options = fixedLength(generated);
    var batch =
        new PromptBatch(
            List.of(),
            rows.stream().map(ids -> new PromptRow(new Prompt.Tokens(ids), options, 0)).toList(),
            false);
    long macs = counter.macs();
    long bytes = counter.bytes();
    long cached = 0;
    long start = System.nanoTime();
    try (Completions completions = engine.submit(batch)) {
      for (Event event = completions.next(); event != null; event = completions.next()) {
        if (event instanceof Event.Done done) {
          if (done.reason() == FinishReason.ERROR) {
            throw new EngineException(done.error().orElseThrow());
          }
          cached += done.usage().cachedTokens() - done.usage().recomputedTokens();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException("interrupted", e);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Run(seconds, counter.macs() - macs, counter.bytes() - bytes, cached);
  }

  /** Greedy, and no stop id is drawn before the last token. */
  private static GenerateOptions fixedLength(int tokens) {
    return GenerateOptions.DEFAULT.withTokens(tokens, tokens);
  }

  @Override
  public void close() {
    memory.close();
    engine.close();
  }
}
