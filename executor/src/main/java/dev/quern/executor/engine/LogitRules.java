package dev.quern.executor.engine;

import java.util.List;
import java.util.Map;

/**
 * What a row changes in the model's choice of tokens. Applied in this order: repetition, presence
 * and frequency penalty on the model's logits, then the bias, then the bans (a bias of -100, bad
 * words, stop ids before min_tokens), then temperature and the filters. Log-probabilities that a
 * row reports are those of the model, before all of it.
 *
 * @param bias added to the logits of these ids, in [-100, 100]; -100 bans the id. An id outside of
 *     the vocabulary is the row's error.
 * @param badWords texts that whole tokens of the answer may not spell, as they are (leading spaces
 *     dropped) or behind one space: the token that would complete one is banned, however the tokens
 *     before it are cut (vLLM and FastDeploy look at one way to cut only). A longer token that
 *     holds the text is no such token: "cat" does not ban the one token "category".
 */
public record LogitRules(Map<Integer, Double> bias, List<String> badWords) {
  /** A bias that is a ban. */
  public static final double BAN = -100;

  /** Changes nothing. */
  public static final LogitRules NONE = new LogitRules(Map.of(), List.of());

  public LogitRules {
    bias = Map.copyOf(bias);
    badWords = List.copyOf(badWords);
    bias.forEach((id, value) -> {
      if (!(Math.abs(value) <= 100)) { // NaN fails every comparison
        throw new IllegalArgumentException(
            "logit_bias of token " + id + " must be in [-100, 100] but is " + value);
      }
    });
    if (badWords.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("bad_words must not be blank but one is");
    }
  }
}
