package dev.quern.executor.device;

/**
 * How the next token of one sequence is chosen from its logits. Applied in this order: penalties,
 * bias, banned ids, temperature, top-k, top-p, min-p, one draw.
 *
 * @param seed row seed: the query seed mixed with the prompt's ids
 * @param position index of the token drawn in its sequence: the generator is counter-based on
 *     (seed, position, draw)
 * @param promptIds ids seen in the prompt, for the repetition penalty; null when it is off
 * @param answerIds ids generated so far, the first {@code answerLength} count; null when all
 *     penalties are off
 * @param banned ids that must not be drawn (stop ids before min_tokens, bad words); null for none
 * @param biasedIds distinct ids whose logits are changed; null for none
 * @param bias what is added to them, as many; null for none
 */
public record SamplingRow(
    Sampling sampling,
    long seed,
    int position,
    int[] promptIds,
    int[] answerIds,
    int answerLength,
    int[] banned,
    int[] biasedIds,
    float[] bias) {

  /** Nothing penalised, banned or changed. */
  public SamplingRow(Sampling sampling, long seed, int position) {
    this(sampling, seed, position, null, null, 0, null, null, null);
  }
}
