package dev.quern.executor.engine;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One chat message. All but its content is a user's text: special tokens in it are plain text.
 *
 * @param role as templates know it: system, user, assistant, tool
 * @param content may be empty, as beside tool calls
 * @param toolCalls calls that an assistant's message made, as {@link JsonValues}: objects {@code
 *     {"id": .., "type": "function", "function": {"name": .., "arguments": {..}}}}. Templates want
 *     the arguments as an object, not as the JSON text that OpenAI's clients send.
 * @param toolCallId the call that a tool's message answers
 * @param name of the speaker or the tool
 * @param reasoning what the assistant thought before it answered; {@code reasoning_content} in a
 *     template
 */
public record Message(
    String role,
    List<PromptPart> content,
    List<Object> toolCalls,
    Optional<String> toolCallId,
    Optional<String> name,
    Optional<String> reasoning) {
  public Message {
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(toolCallId, "toolCallId");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(reasoning, "reasoning");
    content = List.copyOf(content);
    toolCalls = JsonValues.copyList("tool_calls", toolCalls);
  }

  /** A message of text alone. */
  public Message(String role, List<PromptPart> content) {
    this(role, content, List.of(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Whether there is nothing but a role and content. */
  public boolean isPlain() {
    return toolCalls.isEmpty() && toolCallId.isEmpty() && name.isEmpty() && reasoning.isEmpty();
  }
}
