package dev.quern.server;

import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.EngineStatistics;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.PrefixTreeView;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.PromptTokens;
import java.util.Optional;

/** An engine of another's: closing gives it back. */
record LentEngine(GenerateEngine engine, Runnable giveBack) implements GenerateEngine {
  @Override
  public Completions submit(PromptBatch batch) {
    return engine.submit(batch);
  }

  @Override
  public int countTokens(String text) {
    return engine.countTokens(text);
  }

  @Override
  public Optional<PromptTokens> tokens() {
    return engine.tokens();
  }

  @Override
  public ModelInfo model() {
    return engine.model();
  }

  @Override
  public EngineStatistics statistics() {
    return engine.statistics();
  }

  @Override
  public PrefixTreeView prefixTree(int nodes) throws InterruptedException {
    return engine.prefixTree(nodes);
  }

  @Override
  public boolean failed() {
    return engine.failed();
  }

  @Override
  public void close() {
    giveBack.run();
  }
}
