package dev.quern.server.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.JsonValues;
import dev.quern.executor.engine.Message;
import dev.quern.executor.engine.PromptPart;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the messages of a chat. Their text is a user's: special tokens in it are plain text. */
final class ChatMessages {
  /** Clients send back what an answer had; these say nothing to the model when they are empty. */
  private static final List<String> EMPTY_ONLY =
      List.of("refusal", "annotations", "audio", "function_call");

  private static final ObjectMapper JSON = new ObjectMapper();

  private ChatMessages() {}

  static List<Message> read(JsonNode messages) throws ApiException {
    if (messages == null || !messages.isArray() || messages.isEmpty()) {
      throw ApiException.badRequest(
          "messages", "'messages' must be an array of at least one message");
    }
    List<Message> read = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      read.add(message("messages[" + i + "]", messages.get(i)));
    }
    return read;
  }

  private static Message message(String where, JsonNode node) throws ApiException {
    if (!(node instanceof ObjectNode object)) {
      throw JsonFields.wrongType(where, "an object", node);
    }
    var fields = new JsonFields(object);
    String role = role(where + ".role", fields.get("role"));
    JsonNode content = fields.get("content");
    Optional<String> name = text(where, "name", fields);
    List<Object> calls = List.of();
    Optional<String> reasoning = Optional.empty();
    Optional<String> callId = Optional.empty();
    if (role.equals("assistant")) {
      calls = toolCalls(where + ".tool_calls", fields.get("tool_calls"));
      reasoning = text(where, "reasoning_content", fields);
      checkEmpty(where, fields);
    } else if (role.equals("tool")) {
      callId = text(where, "tool_call_id", fields);
    }
    if (!fields.unknown().isEmpty()) {
      throw ApiException.unsupported(where + "." + fields.unknown().getFirst(), "leave it out");
    }
    List<PromptPart> parts =
        content == null && !calls.isEmpty() ? List.of() : content(where + ".content", content);
    return new Message(role, parts, calls, callId, name, reasoning);
  }

  private static void checkEmpty(String where, JsonFields fields) throws ApiException {
    for (String field : EMPTY_ONLY) {
      JsonNode value = fields.get(field);
      if (value != null && !(value.isContainerNode() && value.isEmpty())) {
        throw ApiException.unsupported(where + "." + field, "leave it out");
      }
    }
  }

  private static Optional<String> text(String where, String name, JsonFields fields)
      throws ApiException {
    JsonNode value = fields.get(name);
    if (value != null && !value.isTextual()) {
      throw JsonFields.wrongType(where + "." + name, "a string", value);
    }
    return Optional.ofNullable(value).map(JsonNode::textValue);
  }

  private static String role(String where, JsonNode role) throws ApiException {
    if (role == null || !role.isTextual()) {
      throw ApiException.badRequest(where, "'" + where + "' must be a string");
    }
    return switch (role.textValue()) {
      case "system", "user", "assistant", "tool" -> role.textValue();
      // OpenAI's newer name of the system role; templates know the old one.
      case "developer" -> "system";
      case "function" -> throw ApiException.unsupported(where, "use the role tool");
      default ->
          throw ApiException.badRequest(
              where,
              "'"
                  + where
                  + "' must be system, user, assistant or tool but is '"
                  + role.textValue()
                  + "'");
    };
  }

  /** A string, or an array of {@code {"type": "text", "text": ..}}. */
  private static List<PromptPart> content(String where, JsonNode content) throws ApiException {
    if (content == null) {
      throw ApiException.badRequest(where, "'" + where + "' is missing");
    }
    if (content.isTextual()) {
      return List.of(PromptPart.value(content.textValue()));
    }
    if (!content.isArray()) {
      throw JsonFields.wrongType(where, "a string or an array of text parts", content);
    }
    List<PromptPart> parts = new ArrayList<>();
    for (int i = 0; i < content.size(); i++) {
      JsonNode part = content.get(i);
      String place = where + "[" + i + "]";
      if (!part.path("type").asText().equals("text")) {
        throw ApiException.unsupported(place + ".type", "only text parts are");
      }
      if (!part.path("text").isTextual()) {
        throw ApiException.badRequest(place + ".text", "'" + place + ".text' must be a string");
      }
      parts.add(PromptPart.value(part.path("text").textValue()));
    }
    return parts;
  }

  /** The calls with their arguments as objects: templates write them as JSON themselves. */
  private static List<Object> toolCalls(String where, JsonNode calls) throws ApiException {
    if (calls == null) {
      return List.of();
    }
    if (!calls.isArray()) {
      throw JsonFields.wrongType(where, "an array of tool calls", calls);
    }
    List<Object> read = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      String place = where + "[" + i + "]";
      JsonNode function = calls.get(i).path("function");
      if (!function.path("name").isTextual() || !function.path("arguments").isTextual()) {
        throw ApiException.badRequest(
            place + ".function",
            "'" + place + ".function' must have a name and arguments, both strings");
      }
      // In the client's order: a template may write a call as it is, and the same each time.
      ObjectNode call = calls.get(i).deepCopy();
      ((ObjectNode) call.get("function"))
          .set("arguments", arguments(place, function.path("arguments").textValue()));
      read.add(JsonValues.of(call));
    }
    return read;
  }

  private static ObjectNode arguments(String place, String text) throws ApiException {
    try {
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      // Said below, as for JSON that is no object.
    }
    throw ApiException.badRequest(
        place + ".function.arguments",
        "'" + place + ".function.arguments' must be the text of a JSON object");
  }
}
