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
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Measures an engine as it runs in production: prompts of token ids through {@link LocalEngine},
 * greedy, of fixed length whatever ends an answer. Each point is the best of at least three runs
 * (fewer where they take long), behind a warm-up.
 */
public final class Benchmark implements AutoCloseable {
  private static final long READ_BYTES = 1L << 30;
  private static final int RUNS = 3;

  /** Seconds that a point's runs take at least, and behind which no further run starts. */
  private static final double SHORTEST = 1;

  private static final double LONGEST = 60;

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
      EngineOptions options,
      CpuPeaks peaks,
      LoadedModel model,
      Consumer<String> notices) {
    this.request = request;
    this.peaks = peaks;
    measurePeaks();
    memory = new PeakMemory();
    counter = new StepCounter();
    prompts = new RandomPrompts(model.checkpoint().config().vocabSize());
    engine = LocalEngine.open(options, model, Optional.of(counter), notices);
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
    request.check(options);
    var peaks = CpuPeaks.of(options.device(), options.threads());
    return new Benchmark(request, options, peaks, model.get(), notices);
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
    for (int batch : request.batches()) {
      out.accept(prefill(batch));
    }
    for (int batch : request.batches()) {
      out.accept(decode(batch));
    }
    if (request.jobRows().isPresent()) {
      out.accept(job(request.jobRows().getAsInt()));
    }
  }

  /** What the run says of the machine: peaks are the better of before and after the model ran. */
  public Machine machine() {
    long bytes = memory.bytes();
    measurePeaks();
    return new Machine(peaks.threads(), peaks.isa(), int8Peak, readPeak, bytes);
  }

  private void measurePeaks() {
    int8Peak = Math.max(int8Peak, peaks.int8MacsPerSecond());
    readPeak = Math.max(readPeak, peaks.readBytesPerSecond(READ_BYTES));
  }

  /** Compiles and touches what the points use. */
  private void warmUp() {
    long start = System.nanoTime();
    int length = Math.min(64, request.promptTokens());
    int generated = Math.min(8, request.generateTokens());
    do {
      submit(prompts.sharing(4, length, length / 2), generated);
    } while (System.nanoTime() - start < 2e9);
  }

  private Measured prefill(int batch) {
    Run best = best(() -> submit(prompts.sharing(batch, request.promptTokens(), 0), 1));
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
    Run best =
        best(() -> {
          Run run = submit(prompts.extended(heads), request.generateTokens());
          long expected = (long) batch * request.promptTokens();
          if (run.cachedTokens != expected) {
            throw new EngineException(
                "the KV cache of "
                    + engine.kv().blocks() * (long) engine.kv().blockSize()
                    + " tokens does not hold "
                    + batch
                    + " prompts and their answers; give --kv-cache-tokens "
                    + 2L * batch * (request.longest() + engine.kv().blockSize()));
          }
          return run;
        });
    return measured(
        Operation.DECODE, batch, request.sharedPrefix(), request.generateTokens(), best);
  }

  private Measured job(int rows) {
    Run best =
        best(() ->
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

  private static Run best(Supplier<Run> operation) {
    Run best = operation.get();
    double total = best.seconds;
    for (int n = 1; (n < RUNS || total < SHORTEST) && total < LONGEST; n++) {
      Run run = operation.get();
      total += run.seconds;
      best = run.seconds < best.seconds ? run : best;
    }
    return best;
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
    GenerateOptions o = GenerateOptions.DEFAULT;
    return new GenerateOptions(
        tokens,
        tokens,
        o.temperature(),
        o.topP(),
        o.topK(),
        o.minP(),
        o.repetitionPenalty(),
        o.presencePenalty(),
        o.frequencyPenalty(),
        OptionalLong.empty(),
        o.stop(),
        o.stopTokenIds(),
        o.system(),
        o.chat());
  }

  @Override
  public void close() {
    memory.close();
    engine.close();
  }
}
