package dev.quern.executor.engine;

import java.util.Optional;

/** Runs prompts. Safe for use by many threads: batches of all callers share each step. */
public interface GenerateEngine extends AutoCloseable {
  /**
   * Takes a batch; its rows run interleaved with those of other batches. Never blocks on the model.
   */
  Completions submit(PromptBatch batch);

  /** Number of tokens of a text as a column value: no template, special tokens as plain text. */
  int countTokens(String text);

  /** How this engine reads prompts, without running them; empty where it cannot tell. */
  default Optional<PromptTokens> tokens() {
    return Optional.empty();
  }

  /** What a caller may show of the model. */
  ModelInfo model();

  /**
   * What the engine does and has done. From any thread at any time; it costs no step and makes none
   * wait. {@link EngineStatistics#NONE} where the engine keeps none.
   */
  EngineStatistics statistics();

  /**
   * The prefix tree of what runs and waits, as it is between two steps: waits for the step that is
   * running. The engine may show what it had up to 200 ms before. {@link PrefixTreeView#EMPTY}
   * where nothing runs or waits, or the engine has ended.
   *
   * @param nodes most nodes to show, at least 1: those with most rows beneath; the others are
   *     summed up where they belong
   * @throws InterruptedException when the waiting thread is interrupted
   */
  PrefixTreeView prefixTree(int nodes) throws InterruptedException;

  /**
   * Whether the engine has ended for all callers, as after an error of its device: batches are
   * refused from then on, and another engine has to be opened.
   */
  default boolean failed() {
    return false;
  }

  @Override
  void close();
}
