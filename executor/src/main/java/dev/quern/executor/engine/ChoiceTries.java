package dev.quern.executor.engine;

import dev.quern.executor.choice.ChoiceTrie;
import dev.quern.executor.choice.ChoiceWalk;
import dev.quern.executor.choice.Choices;
import dev.quern.executor.tokenizer.Tokenizer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tries of a batch: rows with the same choices share one. */
final class ChoiceTries {
  private final String model;
  private final Optional<Tokenizer> tokenizer;
  private final Map<Choices, ChoiceTrie> tries = new HashMap<>();

  ChoiceTries(String model, Optional<Tokenizer> tokenizer) {
    this.model = model;
    this.tokenizer = tokenizer;
  }

  /**
   * The trie of a row's choices.
   *
   * @throws IllegalArgumentException when these choices have no tokens of their own, with the
   *     remedy
   */
  Optional<ChoiceTrie> of(GenerateOptions options) {
    return options
        .choices()
        .map(choices -> tries.computeIfAbsent(choices, c -> ChoiceTrie.of(c, tokenizer())));
  }

  /**
   * A way from the root.
   *
   * @param endIds ids that end an answer
   * @throws IllegalArgumentException when an end must be told and there is no id for it
   */
  ChoiceWalk walk(ChoiceTrie trie, Set<Integer> endIds) {
    if (endIds.isEmpty() && trie.needsEnd()) {
      throw new IllegalArgumentException(
          "one of the choices begins with another and "
              + model
              + " names no id that ends an answer (eos_token_id); give choices that differ");
    }
    return new ChoiceWalk(trie, endIds);
  }

  private Tokenizer tokenizer() {
    return tokenizer.orElseThrow(() ->
        new IllegalArgumentException(
            "choices need a tokenizer (tokenizer.json or tokenizer.model) and "
                + model
                + " has none"));
  }
}
