package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.JsonValues;
import dev.quern.executor.engine.Message;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptPart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What a conversation is to a template: the variables that transformers would give it. */
final class TemplateValues {
  private TemplateValues() {}

  /**
   * The variables.
   *
   * @param write gives the text of parts; it gets every text of the conversation but the roles, all
   *     that is no content as one untrusted part
   */
  static Map<String, Object> of(Prompt.Chat chat, Function<List<PromptPart>, String> write) {
    UnaryOperator<String> text = value -> write.apply(List.of(PromptPart.value(value)));
    Map<String, Object> variables = new LinkedHashMap<>();
    chat.templateArguments()
        .forEach((name, value) -> variables.put(name, JsonValues.mapStrings(value, text)));
    List<Object> messages = new ArrayList<>();
    for (Message each : chat.messages()) {
      messages.add(message(each, write.apply(each.content()), text));
    }
    variables.put("messages", messages);
    // Templates ask whether tools are none, or whether there are any: an empty list is none.
    variables.put(
        "tools", chat.tools().isEmpty() ? null : JsonValues.mapStrings(chat.tools(), text));
    return variables;
  }

  /** A message of a role and content alone. */
  static Map<Object, Object> message(String role, Object content) {
    Map<Object, Object> message = new LinkedHashMap<>();
    message.put("role", role);
    message.put("content", content);
    return message;
  }

  /** What a message has not is absent: templates ask whether it is defined. */
  private static Map<Object, Object> message(
      Message message, String content, UnaryOperator<String> text) {
    Map<Object, Object> values = message(message.role(), content);
    message.name().ifPresent(name -> values.put("name", text.apply(name)));
    message.reasoning().ifPresent(r -> values.put("reasoning_content", text.apply(r)));
    message.toolCallId().ifPresent(id -> values.put("tool_call_id", text.apply(id)));
    if (!message.toolCalls().isEmpty()) {
      values.put("tool_calls", JsonValues.mapStrings(message.toolCalls(), text));
    }
    return values;
  }
}
