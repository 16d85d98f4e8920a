package dev.quern.executor.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the JSON files of a checkpoint's tokenizer. */
final class JsonFile {
  /** Templates and vocabularies are longer than the default limits allow. */
  static final ObjectMapper MAPPER =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .build();

  static final JsonNode MISSING = com.fasterxml.jackson.databind.node.MissingNode.getInstance();

  private JsonFile() {}

  static ObjectNode readObject(Path file) {
    try {
      JsonNode json = MAPPER.readTree(Files.readString(file));
      if (json instanceof ObjectNode object) {
        return object;
      }
      throw corrupt(file, "it holds no JSON object", null);
    } catch (JsonProcessingException e) {
      throw corrupt(file, "it is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw corrupt(file, "it cannot be read: " + e, e);
    }
  }

  static int id(Path file, String text) {
    try {
      int id = Integer.parseInt(text);
      if (id >= 0) {
        return id;
      }
    } catch (NumberFormatException e) {
      throw corrupt(file, "'" + text + "' is no token id", e);
    }
    throw corrupt(file, "'" + text + "' is no token id", null);
  }

  /** The error of a file that cannot be used. */
  static EngineException corrupt(Path file, String what, Throwable cause) {
    return new EngineException(
        file + ": " + what + "; fetch the file again from where the checkpoint came from", cause);
  }
}
