package dev.quern.executor.engine;

import dev.quern.executor.tokenizer.Tokenizer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** {@link LogitRules} for a vocabulary. Immutable; rows with equal rules share them. */
final class RowRules {
  /** Bias and ids as {@link dev.quern.executor.device.SamplingRow} has them: null for none. */
  private final int[] biasedIds;

  private final float[] bias;
  private final int[] alwaysBanned;
  private final BadWords badWords;
  private final int drawable;

  private RowRules(Map<Integer, Double> bias, BadWords badWords, int drawable) {
    int[] ids = idsOf(bias, false);
    biasedIds = ids.length == 0 ? null : ids;
    this.bias = ids.length == 0 ? null : new float[ids.length];
    for (int i = 0; i < ids.length; i++) {
      this.bias[i] = bias.get(ids[i]).floatValue();
    }
    alwaysBanned = idsOf(bias, true);
    this.badWords = badWords;
    this.drawable = drawable;
  }

  private static int[] idsOf(Map<Integer, Double> bias, boolean banned) {
    return bias.entrySet().stream()
        .filter(e -> (e.getValue() == LogitRules.BAN) == banned)
        .mapToInt(Map.Entry::getKey)
        .toArray();
  }

  /**
   * @param vocabulary ids of the model
   * @param drawable ids that the model may predict, without padding
   * @throws IllegalArgumentException when the rules do not fit the model, with the remedy
   */
  static RowRules of(
      LogitRules rules, String model, int vocabulary, int drawable, Optional<Tokenizer> tokenizer) {
    var bias = new TreeMap<>(rules.bias());
    bias.keySet()
        .forEach(id -> {
          if (id < 0 || id >= vocabulary) {
            throw new IllegalArgumentException(
                "logit_bias names token id "
                    + id
                    + ", which is not in [0, "
                    + vocabulary
                    + ") of "
                    + model);
          }
        });
    if (rules.badWords().isEmpty()) {
      return new RowRules(bias, BadWords.NONE, drawable);
    }
    Tokenizer words =
        tokenizer.orElseThrow(() ->
            new IllegalArgumentException(
                "bad_words need a tokenizer (tokenizer.json or tokenizer.model) and "
                    + model
                    + " has none; ban ids with logit_bias"));
    return new RowRules(bias, BadWords.of(rules.badWords(), words), drawable);
  }

  /** Ids with a bias that is no ban; null for none. */
  int[] biasedIds() {
    return biasedIds;
  }

  /** What is added to their logits. */
  float[] bias() {
    return bias;
  }

  /**
   * Ids that must not come next; null for none. Some may stand there twice.
   *
   * @param answer ids so far, the first {@code length} count
   * @param ends ids that must not come for another reason
   */
  int[] banned(int[] answer, int length, Set<Integer> ends) {
    if (alwaysBanned.length == 0 && badWords == BadWords.NONE) {
      return ends.isEmpty() ? null : ends.stream().mapToInt(id -> id).toArray();
    }
    IntStream.Builder ids = IntStream.builder();
    IntStream.of(alwaysBanned).forEach(ids);
    badWords.banned(answer, length, ids);
    ends.forEach(ids::add);
    int[] banned = ids.build().toArray();
    return banned.length == 0 ? null : banned;
  }

  /** Whether these bans leave no token at all. */
  boolean leaveNothing(int[] banned) {
    return banned != null
        && banned.length >= drawable
        && IntStream.of(banned).filter(id -> id < drawable).distinct().count() == drawable;
  }
}
