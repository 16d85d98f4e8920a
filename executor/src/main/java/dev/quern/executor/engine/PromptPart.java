package dev.quern.executor.engine;

import java.util.Objects;

/**
 * A piece of prompt text. Adjacent parts are tokenized as one string; the split only says where the
 * text came from.
 *
 * @param text the characters, never null
 * @param trusted true for text written by the query or the chat template, in which special tokens
 *     such as {@code <|im_end|>} are recognised; false for column values and user input, in which
 *     they are plain text
 */
public record PromptPart(String text, boolean trusted) {
  public PromptPart {
    Objects.requireNonNull(text, "text");
  }

  /** Text of the query or of a template: special tokens are recognised. */
  public static PromptPart literal(String text) {
    return new PromptPart(text, true);
  }

  /** Text of a column value or of a user: special tokens stay plain text. */
  public static PromptPart value(String text) {
    return new PromptPart(text, false);
  }
}
