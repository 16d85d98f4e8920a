package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.Message;
import dev.quern.executor.engine.PromptPart;
import java.util.List;

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
}
