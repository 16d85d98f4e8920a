package dev.quern.executor.engine;

import java.util.List;
import java.util.Map;

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

  /**
   * A conversation, rendered with the checkpoint's chat template and its generation prompt. Special
   * tokens in tools and arguments are plain text, as in values.
   *
   * @param tools what the model may call, as {@link JsonValues}: OpenAI's tool objects {@code
   *     {"type": "function", "function": {..}}}; a template that does not read {@code tools} (see
   *     {@link ModelInfo#tools}) leaves them out
   * @param templateArguments further variables of the template, as {@link JsonValues} by name, such
   *     as {@code enable_thinking}; a template ignores those that it does not know
   */
  record Chat(List<Message> messages, List<Object> tools, Map<String, Object> templateArguments)
      implements Prompt {
    /**
     * @throws IllegalArgumentException when tools or arguments are no JSON, or an argument has a
     *     name that the conversation or the model gives, such as {@code messages}
     */
    public Chat {
      messages = List.copyOf(messages);
      tools = JsonValues.copyList("tools", tools);
      templateArguments = TemplateArguments.checked(templateArguments);
    }

    /** A conversation without tools. */
    public Chat(List<Message> messages) {
      this(messages, List.of(), Map.of());
    }

    /** Whether the template gets nothing but roles and contents. */
    public boolean isPlain() {
      return tools.isEmpty()
          && templateArguments.isEmpty()
          && messages.stream().allMatch(Message::isPlain);
    }
  }

  /** Token ids, used as they are. */
  record Tokens(List<Integer> ids) implements Prompt {
    public Tokens {
      ids = List.copyOf(ids);
    }
  }
}
