package dev.quern.executor.engine;

import java.util.List;

/**
 * A token and its log-probability.
 *
 * @param id its id
 * @param text its bytes as text: U+FFFD where they are a part of a character only
 * @param bytes the token's own bytes, 0 to 255: those of the tokens of an answer, one after the
 *     other, are the answer (behind a leading space that some tokenizers drop). A special token has
 *     the bytes of its name, an id without text none.
 * @param logprob natural logarithm of its probability under the model, before penalties, bias and
 *     temperature; finite
 */
public record TokenLogprob(int id, String text, List<Integer> bytes, double logprob) {
  public TokenLogprob {
    bytes = List.copyOf(bytes);
  }
}
