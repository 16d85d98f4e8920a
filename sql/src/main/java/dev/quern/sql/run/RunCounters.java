package dev.quern.sql.run;

import dev.quern.executor.engine.ProcessMemory;
import dev.quern.executor.engine.Usage;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts while a query runs; safe to read from another thread at any time. */
public final class RunCounters {
  private final LongAdder generated = new LongAdder();
  private final LongAdder returned = new LongAdder();
  private final LongAdder prompts = new LongAdder();
  private final LongAdder calls = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder cachedTokens = new LongAdder();
  private final LongAdder recomputedTokens = new LongAdder();
  private final LongAdder completionTokens = new LongAdder();
  private final LongAdder loadNanos = new LongAdder();
  private final AtomicLong peakMemory = new AtomicLong();
  private volatile long start = System.nanoTime();
  private volatile long end;
  private volatile OptionalLong total = OptionalLong.empty();

  /** Rows that will have gone through GENERATE at the end. */
  public void total(OptionalLong rows) {
    total = rows;
  }

  void generatedRows(long rows) {
    generated.add(rows);
  }

  /** A row of the result left the query. */
  public void returnedRow() {
    returned.increment();
  }

  void newPrompt() {
    prompts.increment();
  }

  void failedRow() {
    failed.increment();
  }

  void ended(Usage usage) {
    calls.increment();
    promptTokens.add(usage.promptTokens());
    cachedTokens.add(usage.cachedTokens());
    recomputedTokens.add(usage.recomputedTokens());
    completionTokens.add(usage.completionTokens());
  }

  /** Time spent waiting for a model. */
  public void loaded(long nanos) {
    loadNanos.add(nanos);
  }

  /** Prompt and answer tokens so far. */
  long tokens() {
    return promptTokens.sum() + completionTokens.sum();
  }

  /** Rows that went through GENERATE so far. */
  long generated() {
    return generated.sum();
  }

  /** Starts the clock anew: what came before was not the query. */
  public void restart() {
    start = System.nanoTime();
  }

  /** Stops the clock. */
  public void end() {
    if (end == 0) {
      sampleMemory();
      end = System.nanoTime();
    }
  }

  /** Looks at the memory in use: once a window, as it reads a file of the system. */
  void sampleMemory() {
    peakMemory.accumulateAndGet(ProcessMemory.anonymousBytes(), Math::max);
  }

  /** The counts now. */
  public QueryStatistics snapshot() {
    long prompt = promptTokens.sum();
    long cached = cachedTokens.sum();
    long now = end == 0 ? System.nanoTime() : end;
    return new QueryStatistics(
        generated.sum() > 0 ? generated.sum() : returned.sum(),
        total,
        prompts.sum(),
        calls.sum(),
        failed.sum(),
        prompt,
        cached,
        prompt - cached,
        recomputedTokens.sum(),
        completionTokens.sum(),
        (now - start) / 1e9,
        loadNanos.sum() / 1e9,
        peakMemory.get());
  }
}
