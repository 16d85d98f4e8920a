package dev.quern.executor.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** Where the tests find checkpoints and expectations. */
final class Folders {
  private Folders() {}

  /** The embedded model; tests run in the folder of the module. */
  static Path embeddedModel() {
    return Path.of("embedded-model");
  }

  static Path sentencePiece() {
    try {
      return Path.of(
          Objects.requireNonNull(Folders.class.getResource("/tokenizer/sentencepiece")).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static JsonNode json(String resource) {
    try (InputStream in = Folders.class.getResourceAsStream("/tokenizer/" + resource)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
