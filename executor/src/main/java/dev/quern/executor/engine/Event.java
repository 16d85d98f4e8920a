package dev.quern.executor.engine;

import java.util.List;
import java.util.Optional;

/** What a row reports. The Deltas of a row, joined, are its text; its Done is its last event. */
public sealed interface Event {
  /** Index of the row in {@link PromptBatch#rows()}. */
  int row();

  /** Text that was generated since the row's last Delta: whole characters, never part of one. */
  record Delta(int row, String text, List<Integer> tokenIds) implements Event {
    public Delta {
      tokenIds = List.copyOf(tokenIds);
    }
  }

  /** The row has ended. {@code error} is present exactly when the reason is ERROR. */
  record Done(int row, FinishReason reason, Usage usage, Optional<String> error) implements Event {
    public Done {
      if (error.isPresent() != (reason == FinishReason.ERROR)) {
        throw new IllegalArgumentException("reason " + reason + " with error " + error);
      }
    }
  }
}
