package dev.quern.executor.engine;

import java.util.OptionalInt;

/**
 * What a row reports of its tokens beside their text and ids. A row that asks for nothing costs
 * nothing.
 *
 * @param logprobs present: each {@link Event.Delta} has an entry for each of its tokens, with so
 *     many of the most likely tokens (0 to {@value #MOST})
 * @param promptLogprobs present: the same for the tokens of the prompt, in {@link Event.Prompted}.
 *     Such a row computes its whole prompt and takes none of it from the prefix cache.
 * @param promptIds whether the row begins with an {@link Event.Prompted}, which names the prompt's
 *     ids; it does in any case where {@code promptLogprobs} is present
 */
public record TokenReport(OptionalInt logprobs, OptionalInt promptLogprobs, boolean promptIds) {
  /** Most tokens of a place that can be asked for, as in OpenAI's protocol. */
  public static final int MOST = 20;

  /** Text and ids only. */
  public static final TokenReport NONE =
      new TokenReport(OptionalInt.empty(), OptionalInt.empty(), false);

  public TokenReport {
    check("top_logprobs", logprobs);
    check("prompt_logprobs", promptLogprobs);
  }

  /** Whether the row begins with an {@link Event.Prompted}. */
  public boolean prompted() {
    return promptIds || promptLogprobs.isPresent();
  }

  private static void check(String name, OptionalInt count) {
    if (count.isPresent() && (count.getAsInt() < 0 || count.getAsInt() > MOST)) {
      throw new IllegalArgumentException(
          name + " must be in [0, " + MOST + "] but is " + count.getAsInt());
    }
  }
}
