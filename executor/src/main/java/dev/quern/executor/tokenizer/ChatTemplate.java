package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.Message;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptPart;
import java.util.List;
import java.util.Optional;

/** A checkpoint's chat template. Safe for use by many threads. */
public interface ChatTemplate {
  /**
   * The conversation as the model expects it, with the generation prompt at the end. Text of the
   * template and trusted content is trusted, the rest is not: tools, arguments, names and tool
   * calls never are.
   *
   * @throws IllegalArgumentException with the template's own message when it refuses the
   *     conversation
   */
  List<PromptPart> render(Prompt.Chat chat);

  /** A conversation without tools and arguments. */
  default List<PromptPart> render(List<Message> messages) {
    return render(new Prompt.Chat(messages));
  }

  /** Whether the template reads {@code tools}; another one leaves them out. */
  boolean readsTools();

  /** Whether {@code <think>} or {@code </think>} stands in the template. */
  boolean thinks();

  /**
   * The same for conversations whose last message begins with the given content and goes on: the
   * head followed by the rest for some continuation has the text of {@link #render}, and the same
   * of it is trusted. Empty where the text depends on contents in a way that has to be found out
   * for each; a conversation that the template refuses is such a one.
   */
  Optional<OpenPrompt> open(List<Message> messages);
}
