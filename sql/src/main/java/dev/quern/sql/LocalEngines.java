package dev.quern.sql;

import dev.quern.executor.bench.ModelSpeed;
import dev.quern.executor.bench.StepRates;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.LocalEngine;
import dev.quern.executor.engine.LocalTokens;
import dev.quern.executor.engine.PromptTokens;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Models that run in this process. */
public final class LocalEngines implements EngineFactory {
  private final Consumer<String> notices;
  private final Map<EngineOptions, Optional<ModelSpeed>> speeds = new ConcurrentHashMap<>();

  /**
   * @param notices receives lines for people before a model is loaded
   */
  public LocalEngines(Consumer<String> notices) {
    this.notices = notices;
  }

  @Override
  public GenerateEngine open(EngineOptions options) {
    return LocalEngine.open(options, notices);
  }

  @Override
  public Optional<PromptTokens> tokens(EngineOptions options) {
    return Optional.of(LocalTokens.open(options));
  }

  /** The machine is measured at the first use, which takes about a second. */
  @Override
  public Optional<StepRates> rates(
      EngineOptions options, PromptTokens reader, double context, double rows) {
    return reader instanceof LocalTokens model
        ? speeds
            .computeIfAbsent(options, o -> ModelSpeed.measure(o, model))
            .map(speed -> speed.rates(model, context, rows))
        : Optional.empty();
  }
}
