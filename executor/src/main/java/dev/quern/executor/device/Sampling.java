package dev.quern.executor.device;

/**
 * How tokens are chosen from logits; the names are those of the SQL functions and of OpenAI's
 * protocol and vLLM's additions to it. Values out of range are an {@link IllegalArgumentException}
 * whose message begins with the name.
 *
 * @param temperature 0: the best token, ties to the lower id; otherwise logits are divided by it
 * @param topP nucleus mass kept, in (0, 1]; 1 keeps all
 * @param topK tokens kept, 0 keeps all
 * @param minP tokens kept have at least this share of the best token's probability, in [0, 1]
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens seen in prompt
 *     or answer (CTRL, arXiv 1909.05858); 1 is off
 * @param presencePenalty subtracted once from logits of tokens seen in the answer
 * @param frequencyPenalty subtracted per occurrence in the answer
 */
public record Sampling(
    double temperature,
    double topP,
    int topK,
    double minP,
    double repetitionPenalty,
    double presencePenalty,
    double frequencyPenalty) {

  /** The best token at every step. */
  public static final Sampling GREEDY = new Sampling(0, 1, 0, 0, 1, 0, 0);

  public Sampling {
    // Smaller ones than these overflow float32 where logits are divided by them.
    require(
        temperature == 0 || (temperature >= 1e-5 && temperature <= 100),
        "temperature must be 0 or in [0.00001, 100] but is " + temperature);
    require(topP > 0 && topP <= 1, "top_p must be in (0, 1] but is " + topP);
    require(topK >= 0, "top_k must not be negative (0 keeps all tokens) but is " + topK);
    require(minP >= 0 && minP <= 1, "min_p must be in [0, 1] but is " + minP);
    require(
        repetitionPenalty >= 0.01 && repetitionPenalty <= 100,
        "repetition_penalty must be in [0.01, 100] but is " + repetitionPenalty);
    require(
        Math.abs(presencePenalty) <= 100,
        "presence_penalty must be in [-100, 100] but is " + presencePenalty);
    require(
        Math.abs(frequencyPenalty) <= 100,
        "frequency_penalty must be in [-100, 100] but is " + frequencyPenalty);
  }

  /** The same with another temperature. */
  public Sampling withTemperature(double other) {
    return new Sampling(
        other, topP, topK, minP, repetitionPenalty, presencePenalty, frequencyPenalty);
  }

  /** Whether logits depend on the tokens before. */
  public boolean penalized() {
    return repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
