package dev.quern.sql.estimate;

import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.EngineStatistics;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.PrefixTreeView;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.PromptTokens;
import java.util.Optional;

/** Counts tokens for TOKEN_COUNT while a plan runs without a model. */
record CountingEngine(PromptTokens reader) implements GenerateEngine {
  @Override
  public Completions submit(PromptBatch batch) {
    throw new IllegalStateException("an estimate asks no model");
  }

  @Override
  public int countTokens(String text) {
    return reader.count(text);
  }

  @Override
  public Optional<PromptTokens> tokens() {
    return Optional.of(reader);
  }

  @Override
  public ModelInfo model() {
    throw new IllegalStateException("an estimate asks no model");
  }

  @Override
  public EngineStatistics statistics() {
    return EngineStatistics.NONE;
  }

  @Override
  public PrefixTreeView prefixTree(int nodes) {
    return PrefixTreeView.EMPTY;
  }

  @Override
  public void close() {}
}
