package dev.quern.server;

import dev.quern.executor.bench.StepRates;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.PromptTokens;
import dev.quern.sql.EngineFactory;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The engine that is served for those who ask for it, and others for models besides: as many at a
 * time as the limit allows, since each has weights and a KV cache of its own.
 */
final class ServedEngines implements EngineFactory {
  private final GenerateEngine served;
  private final EngineOptions options;
  private final EngineFactory others;
  private final int most;
  private final Semaphore free;

  /**
   * @param options that {@code served} was opened with
   * @param most others that may be open at a time
   */
  ServedEngines(GenerateEngine served, EngineOptions options, EngineFactory others, int most) {
    this.served = served;
    this.options = options;
    this.others = others;
    this.most = most;
    free = new Semaphore(most);
  }

  @Override
  public GenerateEngine open(EngineOptions wanted) {
    if (wanted.equals(options)) {
      return new LentEngine(served, () -> {});
    }
    if (!free.tryAcquire()) {
      throw new EngineException(
          "sessions have "
              + most
              + " models open beside the served one, as many as "
              + SessionLimits.MODELS
              + " allows (other options are another model too); use the served model, end a"
              + " session that uses another, or start the server with a larger "
              + SessionLimits.MODELS);
    }
    try {
      GenerateEngine other = others.open(wanted);
      var returned = new AtomicBoolean();
      return new LentEngine(
          other,
          () -> {
            if (returned.compareAndSet(false, true)) {
              try {
                other.close();
              } finally {
                free.release();
              }
            }
          });
    } catch (RuntimeException | Error e) {
      free.release();
      throw e;
    }
  }

  @Override
  public Optional<PromptTokens> tokens(EngineOptions wanted) {
    return wanted.equals(options) ? served.tokens() : others.tokens(wanted);
  }

  @Override
  public Optional<StepRates> rates(
      EngineOptions wanted, PromptTokens reader, double context, double rows) {
    return others.rates(wanted, reader, context, rows);
  }
}
