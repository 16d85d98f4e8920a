package dev.quern.executor.engine;

import java.util.List;

/**
 * What the model held likely at one place of a text.
 *
 * @param token the token that stands there
 * @param top the most likely tokens, best first, ties to the lower id; as many as were asked for,
 *     fewer where the vocabulary is smaller. {@code token} is among them only if it is one of them.
 */
public record PositionLogprobs(TokenLogprob token, List<TokenLogprob> top) {
  public PositionLogprobs {
    top = List.copyOf(top);
  }
}
