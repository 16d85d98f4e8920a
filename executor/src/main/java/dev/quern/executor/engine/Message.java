package dev.quern.executor.engine;

import java.util.List;
import java.util.Objects;

/** One chat message: a role as templates know it (system, user, assistant) and its content. */
public record Message(String role, List<PromptPart> content) {
  public Message {
    Objects.requireNonNull(role, "role");
    content = List.copyOf(content);
  }
}
