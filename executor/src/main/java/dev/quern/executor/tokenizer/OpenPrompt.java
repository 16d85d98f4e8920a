package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.PromptPart;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A rendered conversation whose last message goes on.
 *
 * @param head what stands before the continuation, whatever that is
 * @param rest gives for a continuation what stands behind the head; safe for use by many threads
 */
public record OpenPrompt(List<PromptPart> head, UnaryOperator<List<PromptPart>> rest) {
  public OpenPrompt {
    head = List.copyOf(head);
  }
}
