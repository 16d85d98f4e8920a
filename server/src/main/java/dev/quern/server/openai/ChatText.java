package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The parts of an assistant's message, put together. */
final class ChatText {
  private record Call(String id, String name, StringBuilder arguments) {}

  private final StringBuilder content = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final List<Call> calls = new ArrayList<>();

  void add(AnswerPart part) {
    switch (part) {
      case AnswerPart.Content(String text) -> content.append(text);
      case AnswerPart.Reasoning(String text) -> reasoning.append(text);
      case AnswerPart.ToolCallStart(int _, String id, String name) ->
          calls.add(new Call(id, name, new StringBuilder()));
      case AnswerPart.ToolCallArguments(int index, String text) ->
          calls.get(index).arguments().append(text);
    }
  }

  /** Whether the model called a tool. */
  boolean calls() {
    return !calls.isEmpty();
  }

  /** The message of a whole answer. */
  ObjectNode message() {
    ObjectNode message = JsonNodeFactory.instance.objectNode().put("role", "assistant");
    if (content.isEmpty() && calls()) {
      message.putNull("content");
    } else {
      message.put("content", content.toString());
    }
    message.putNull("refusal");
    if (!reasoning.isEmpty()) {
      message.put("reasoning_content", reasoning.toString());
    }
    if (calls()) {
      ArrayNode list = message.putArray("tool_calls");
      for (Call call : calls) {
        ObjectNode entry = list.addObject().put("id", call.id()).put("type", "function");
        entry
            .putObject("function")
            .put("name", call.name())
            .put("arguments", call.arguments().toString());
      }
    }
    return message;
  }

  /** One part as a stream's delta. */
  static void putDelta(ObjectNode delta, AnswerPart part) {
    switch (part) {
      case AnswerPart.Content(String text) -> delta.put("content", text);
      case AnswerPart.Reasoning(String text) -> delta.put("reasoning_content", text);
      case AnswerPart.ToolCallStart(int index, String id, String name) -> {
        ObjectNode call =
            delta
                .putArray("tool_calls")
                .addObject()
                .put("index", index)
                .put("id", id)
                .put("type", "function");
        call.putObject("function").put("name", name).put("arguments", "");
      }
      case AnswerPart.ToolCallArguments(int index, String text) ->
          delta
              .putArray("tool_calls")
              .addObject()
              .put("index", index)
              .putObject("function")
              .put("arguments", text);
    }
  }
}
