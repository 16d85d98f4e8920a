package dev.quern.executor.engine;

import java.util.List;

/** What one row asks of the model. */
public sealed interface Prompt {

  /**
   * Text. With {@link GenerateOptions#chat()} and a checkpoint that has a chat template it becomes
   * one user message (after {@link GenerateOptions#system()}, if given); otherwise it is sent as it
   * is.
   */
  record Text(List<PromptPart> parts) implements Prompt {
    public Text {
      parts = List.copyOf(parts);
    }
  }

  /** A conversation, rendered with the checkpoint's chat template and its generation prompt. */
  record Chat(List<Message> messages) implements Prompt {
    public Chat {
      messages = List.copyOf(messages);
    }
  }

  /** Token ids, used as they are. */
  record Tokens(List<Integer> ids) implements Prompt {
    public Tokens {
      ids = List.copyOf(ids);
    }
  }
}
