package dev.quern.server.console;

import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.EngineStatistics;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.PrefixTreeView;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.PromptTokens;
import dev.quern.executor.engine.ScriptedEngine;
import java.util.List;
import java.util.Optional;

/** A scripted engine that shows a tree; sessions that end leave it open. */
record TreeEngine(ScriptedEngine scripted) implements GenerateEngine {
  static final PrefixTreeView TREE =
      new PrefixTreeView(
          List.of(
              new PrefixTreeView.Node(
                  "Classify the message. Answer with one of: billing, delivery, praise. Text: ",
                  96,
                  96,
                  4,
                  12,
                  8,
                  List.of(
                      node("I was charged twice for the same order.", 11, 11, 1),
                      node("The parcel has not moved for <b>five</b> days.", 12, 8, 1),
                      node("Best headphones that I ever had", 9, 0, 0)),
                  new PrefixTreeView.Rest(21, 260, 40, 21))),
          PrefixTreeView.Rest.NONE,
          4,
          12,
          8,
          2_611,
          388,
          155);

  private static PrefixTreeView.Node node(String text, int tokens, int cached, int running) {
    return new PrefixTreeView.Node(
        text, tokens, cached, running, 1 - running, 0, List.of(), PrefixTreeView.Rest.NONE);
  }

  @Override
  public Completions submit(PromptBatch batch) {
    return scripted.submit(batch);
  }

  @Override
  public int countTokens(String text) {
    return scripted.countTokens(text);
  }

  @Override
  public Optional<PromptTokens> tokens() {
    return scripted.tokens();
  }

  @Override
  public ModelInfo model() {
    return scripted.model();
  }

  @Override
  public EngineStatistics statistics() {
    return scripted.statistics();
  }

  @Override
  public PrefixTreeView prefixTree(int nodes) {
    return scripted.batches() == 0 ? PrefixTreeView.EMPTY : TREE;
  }

  @Override
  public void close() {}
}
