package dev.quern.server;

import dev.quern.executor.bench.StepRates;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.PromptTokens;
import dev.quern.sql.EngineFactory;
import java.util.Optional;

/** The engine that is served for those who ask for it, and others for models besides. */
record ServedEngines(GenerateEngine served, EngineOptions options, EngineFactory others)
    implements EngineFactory {
  @Override
  public GenerateEngine open(EngineOptions wanted) {
    return wanted.equals(options) ? served : others.open(wanted);
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
