package dev.quern.executor.engine;

import java.util.List;
import java.util.Optional;

/**
 * What a row reports. The Deltas of a row, joined, are its text; its Done is its last event. A row
 * that asks for it begins with a Prompted.
 */
public sealed interface Event {
  /** Index of the row in {@link PromptBatch#rows()}. */
  int row();

  /**
   * The prompt as tokens; only for rows with {@link TokenReport#prompted()}, before anything else
   * of the row. A row that ends before it ran (an error in its prompt, a closed batch) has none.
   *
   * @param tokenIds ids of the prompt, template included
   * @param logprobs empty unless asked for; otherwise one fewer than ids: entry i tells of token i
   *     + 1, since nothing stands before token 0
   */
  record Prompted(int row, List<Integer> tokenIds, List<PositionLogprobs> logprobs)
      implements Event {
    public Prompted {
      tokenIds = List.copyOf(tokenIds);
      logprobs = List.copyOf(logprobs);
    }
  }

  /**
   * Text that was generated since the row's last Delta: whole characters, never part of one.
   *
   * @param tokenIds ids since the last Delta, without the stop id
   * @param logprobs empty unless asked for; otherwise one for each of {@code tokenIds}
   */
  record Delta(int row, String text, List<Integer> tokenIds, List<PositionLogprobs> logprobs)
      implements Event {
    public Delta {
      tokenIds = List.copyOf(tokenIds);
      logprobs = List.copyOf(logprobs);
    }

    /** Without log-probabilities. */
    public Delta(int row, String text, List<Integer> tokenIds) {
      this(row, text, tokenIds, List.of());
    }
  }

  /**
   * The row has ended.
   *
   * @param error present exactly when the reason is ERROR
   * @param stop what ended the answer where that was one of the row's own stops; empty for the ids
   *     of the checkpoint, which end every answer
   */
  record Done(
      int row, FinishReason reason, Usage usage, Optional<String> error, Optional<StopReason> stop)
      implements Event {
    public Done {
      if (error.isPresent() != (reason == FinishReason.ERROR)) {
        throw new IllegalArgumentException("reason " + reason + " with error " + error);
      }
    }

    /** Not ended by a stop of the row's own. */
    public Done(int row, FinishReason reason, Usage usage, Optional<String> error) {
      this(row, reason, usage, error, Optional.empty());
    }
  }
}
