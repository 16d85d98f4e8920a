package dev.quern.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.Message;
import dev.quern.executor.engine.PromptPart;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.util.ArrayList;
import java.util.List;

/** Reads the messages of a chat. Their text is a user's: special tokens in it are plain text. */
final class ChatMessages {
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
    JsonNode role = fields.get("role");
    JsonNode content = fields.get("content");
    if (!fields.unknown().isEmpty()) {
      throw ApiException.unsupported(where + "." + fields.unknown().getFirst(), "leave it out");
    }
    return new Message(role(where + ".role", role), content(where + ".content", content));
  }

  private static String role(String where, JsonNode role) throws ApiException {
    if (role == null || !role.isTextual()) {
      throw ApiException.badRequest(where, "'" + where + "' must be a string");
    }
    return switch (role.textValue()) {
      case "system", "user", "assistant" -> role.textValue();
      // OpenAI's newer name of the system role; templates know the old one.
      case "developer" -> "system";
      case "tool", "function" -> throw ApiException.unsupported(where, "tools are not built");
      default ->
          throw ApiException.badRequest(
              where,
              "'"
                  + where
                  + "' must be system, user or assistant but is '"
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
}
