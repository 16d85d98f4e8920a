package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.Message;
import dev.quern.executor.engine.PromptPart;
import java.util.List;
import java.util.Optional;

/** A checkpoint's chat template. Safe for use by many threads. */
public interface ChatTemplate {
  /**
   * The conversation as the model expects it, with the generation prompt at the end. Text of the
   * template and trusted content is trusted, the rest is not.
   *
   * @throws IllegalArgumentException with the template's own message when it refuses the
   *     conversation
   */
  List<PromptPart> render(List<Message> messages);

  /**
   * The same for conversations whose last message begins with the given content and goes on: the
   * head followed by the rest for some continuation has the text of {@link #render}, and the same
   * of it is trusted. Empty where the text depends on contents in a way that has to be found out
   * for each; a conversation that the template refuses is such a one.
   */
  Optional<OpenPrompt> open(List<Message> messages);
}
