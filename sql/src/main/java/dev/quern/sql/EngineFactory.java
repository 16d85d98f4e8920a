package dev.quern.sql;

import dev.quern.executor.bench.StepRates;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.PromptTokens;
import java.util.Optional;

/** Opens engines, when the first query needs one. */
public interface EngineFactory {
  /**
   * @throws EngineException when the model or the device cannot be used
   */
  GenerateEngine open(EngineOptions options);

  /**
   * How a model reads prompts, without opening an engine for it; the caller closes it. Empty: only
   * an open engine tells.
   *
   * @throws EngineException when the model cannot be used
   */
  default Optional<PromptTokens> tokens(EngineOptions options) {
    return Optional.empty();
  }

  /**
   * How fast a model runs here; empty where that is not known.
   *
   * @param reader of the model
   * @param context mean number of tokens before a token
   * @param rows rows that could be answered at a time
   */
  default Optional<StepRates> rates(
      EngineOptions options, PromptTokens reader, double context, double rows) {
    return Optional.empty();
  }
}
