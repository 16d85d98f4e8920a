package dev.quern.server.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads {@code {"name": .., "arguments": {..}}} character by character. Arguments that are given as
 * a JSON text in a string count too, and none count as an empty object.
 */
final class ToolCallObject {
  private static final ObjectMapper JSON = new ObjectMapper();

  private enum Arguments {
    AHEAD,
    INSIDE,
    BEHIND
  }

  private final JsonParser parser;
  private final ByteArrayFeeder feeder;
  private final StringBuilder text = new StringBuilder();
  private Arguments arguments = Arguments.AHEAD;
  private Optional<String> name = Optional.empty();
  private String field = "";
  private int depth;
  private boolean closed;

  ToolCallObject() {
    try {
      parser = JSON.getFactory().createNonBlockingByteArrayParser();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
  }

  /** Takes a code point; false when the text cannot become a call with it. */
  boolean take(int codePoint) {
    byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
    boolean before = arguments == Arguments.INSIDE;
    try {
      feeder.feedInput(bytes, 0, bytes.length);
      JsonToken token = parser.nextToken();
      while (token != JsonToken.NOT_AVAILABLE && token != null) {
        if (!accept(token)) {
          return false;
        }
        token = closed ? null : parser.nextToken();
      }
    } catch (IOException e) {
      return false; // no JSON
    }
    if (before || arguments == Arguments.INSIDE) {
      text.appendCodePoint(codePoint);
    }
    return true;
  }

  private boolean accept(JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT, START_ARRAY -> opened(token == JsonToken.START_OBJECT);
      case END_OBJECT, END_ARRAY -> ended();
      case FIELD_NAME -> {
        field = depth == 1 ? parser.getText() : field;
        yield true;
      }
      case VALUE_STRING,
          VALUE_NULL,
          VALUE_TRUE,
          VALUE_FALSE,
          VALUE_NUMBER_INT,
          VALUE_NUMBER_FLOAT ->
          depth > 1 || (depth == 1 && value(token));
      case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> false;
    };
  }

  private boolean opened(boolean object) {
    depth++;
    if (depth == 2 && field.equals("arguments")) {
      boolean first = arguments == Arguments.AHEAD;
      arguments = Arguments.INSIDE;
      return first && object;
    }
    return depth == 1 ? object : depth > 2 || !field.equals("name");
  }

  private boolean ended() {
    depth--;
    if (depth == 1 && arguments == Arguments.INSIDE) {
      arguments = Arguments.BEHIND;
    }
    closed = depth == 0;
    return !closed || name.isPresent();
  }

  /** A value of the call itself that is no object and no array. */
  private boolean value(JsonToken token) throws IOException {
    return switch (field) {
      case "name" -> {
        boolean named = token == JsonToken.VALUE_STRING && name.isEmpty();
        name = named ? Optional.of(parser.getText()) : name;
        yield named && !name.get().isBlank();
      }
      case "arguments" -> {
        boolean first = arguments == Arguments.AHEAD;
        arguments = Arguments.BEHIND;
        if (token == JsonToken.VALUE_STRING) {
          text.append(parser.getText());
          yield first && JSON.readTree(text.toString()) instanceof ObjectNode;
        }
        yield first && token == JsonToken.VALUE_NULL;
      }
      default -> true;
    };
  }

  Optional<String> name() {
    return name;
  }

  /** Whether the first character of the arguments is there. */
  boolean hasArguments() {
    return !text.isEmpty();
  }

  /** Takes out what is there of the arguments' text. */
  String takeArguments() {
    String taken = text.toString();
    text.setLength(0);
    return taken;
  }

  /** Whether the object is whole. */
  boolean isClosed() {
    return closed;
  }
}
