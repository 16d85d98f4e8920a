package dev.quern.executor.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.quern.executor.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** A JSON object whose keys are read by type; every error names key and file. */
final class ConfigJson {
  private final Path file;
  private final String prefix;
  private final JsonNode root;

  private ConfigJson(Path file, String prefix, JsonNode root) {
    this.file = file;
    this.prefix = prefix;
    this.root = root;
  }

  static ConfigJson read(Path file) {
    try {
      JsonNode root = Json.READER.readTree(Files.readString(file));
      if (!root.isObject()) {
        throw new EngineException(file + ": expected a JSON object");
      }
      return new ConfigJson(file, "", root);
    } catch (JsonProcessingException e) {
      throw new EngineException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new EngineException(file + ": cannot be read: " + e, e);
    }
  }

  /** An object without keys, for a file that need not exist. */
  static ConfigJson empty(Path file) {
    return new ConfigJson(file, "", MissingNode.getInstance());
  }

  /** The object under a key; an empty one where the key is absent or null. */
  ConfigJson object(String key) {
    if (has(key) && !node(key).isObject()) {
      throw expected(key, "an object");
    }
    return new ConfigJson(file, prefix + key + ".", node(key));
  }

  /** Present and not null. */
  boolean has(String key) {
    return !node(key).isMissingNode() && !node(key).isNull();
  }

  /** This object; missing where it stood under an absent key. */
  JsonNode node() {
    return root;
  }

  JsonNode node(String key) {
    return root.isObject() && root.has(key) ? root.get(key) : MissingNode.getInstance();
  }

  /** The key with those of the objects around it: {@code rope_parameters.rope_type}. */
  String path(String key) {
    return prefix + key;
  }

  int integer(String key) {
    JsonNode node = required(key);
    if (node.isArray()) {
      throw error(
          "%s is a list (%s), as in the configurations of vision-language models; "
                  .formatted(path(key), node)
              + "only text models are supported, which have one number");
    }
    if (!node.isNumber() || node.asDouble() != node.asInt()) {
      throw expected(key, "a whole number");
    }
    return node.asInt();
  }

  int integer(String key, int absent) {
    return has(key) ? integer(key) : absent;
  }

  int positive(String key) {
    int value = integer(key);
    if (value < 1) {
      throw expected(key, "at least 1");
    }
    return value;
  }

  double positiveNumber(String key) {
    JsonNode node = required(key);
    if (!node.isNumber() || !(node.asDouble() > 0)) {
      throw expected(key, "a positive number");
    }
    return node.asDouble();
  }

  /** A number in [least, most], if the key is there. */
  OptionalDouble number(String key, double least, double most) {
    if (!has(key)) {
      return OptionalDouble.empty();
    }
    double value = node(key).asDouble(Double.NaN);
    if (!node(key).isNumber() || !(value >= least && value <= most)) {
      throw expected(key, "a number from %s to %s".formatted(least, most));
    }
    return OptionalDouble.of(value);
  }

  boolean flag(String key, boolean absent) {
    if (!has(key)) {
      return absent;
    }
    if (!node(key).isBoolean()) {
      throw expected(key, "true or false");
    }
    return node(key).asBoolean();
  }

  String text(String key, String absent) {
    if (!has(key)) {
      return absent;
    }
    if (!node(key).isTextual()) {
      throw expected(key, "a string");
    }
    return node(key).asText();
  }

  private JsonNode required(String key) {
    if (!has(key)) {
      throw error(
          "%s is missing; it changes the arithmetic, and toolkits disagree about its default: "
                  .formatted(path(key))
              + "add it as the model was trained");
    }
    return node(key);
  }

  private EngineException expected(String key, String what) {
    return error(path(key) + ": expected " + what + " but found " + node(key));
  }

  EngineException error(String message) {
    return new EngineException(file + ": " + message);
  }
}
