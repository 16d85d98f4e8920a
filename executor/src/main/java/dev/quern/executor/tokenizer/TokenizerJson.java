package dev.quern.executor.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads tokenizer.json, the format of Hugging Face's tokenizers library. */
final class TokenizerJson {
  private TokenizerJson() {}

  static Tokenizer open(Path file, DeclaredTokens declared) {
    return open(file, JsonFile.readObject(file), declared);
  }

  /**
   * Opens such an object, wherever it comes from.
   *
   * @param file for errors
   */
  static Tokenizer open(Path file, ObjectNode root, DeclaredTokens declared) {
    Map<Integer, String> names = vocabulary(file, root);
    Map<String, SpecialToken> special = new LinkedHashMap<>();
    for (JsonNode token : root.path("added_tokens")) {
      String content = token.path("content").asText();
      int id = JsonFile.id(file, token.path("id").asText());
      names.put(id, content);
      if (!content.isEmpty() && isSpecial(token, content, declared)) {
        special.put(
            content,
            new SpecialToken(
                content,
                id,
                token.path("lstrip").asBoolean(),
                token.path("rstrip").asBoolean(),
                token.path("single_word").asBoolean()));
      }
    }
    int size = names.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    String[] contents = new String[size];
    names.forEach((id, content) -> contents[id] = content);
    Map<String, Integer> ids = new HashMap<>();
    for (SpecialToken token : special.values()) {
      contents[token.id()] = null;
      ids.put(token.content(), token.id());
    }
    Detokenizer detokenizer = DecoderSteps.read(file, root.path("decoder")).detokenizer(contents);
    PlainTokenizerJson plain = PlainTokenizerJson.of(root, special.keySet(), size);
    return new SegmentedTokenizer(
        new SpecialTokens(special.values()), ids, encoder(file, plain), detokenizer);
  }

  // The library throws a bare RuntimeException for JSON that is no tokenizer.
  private static SegmentEncoder encoder(Path file, PlainTokenizerJson plain) {
    try {
      return new HuggingFaceEncoder(plain);
    } catch (dev.quern.executor.engine.EngineException e) {
      throw e;
    } catch (RuntimeException e) {
      throw JsonFile.corrupt(file, "it is no usable tokenizer: " + e.getMessage(), e);
    }
  }

  /**
   * An added token is special when the file says so or tokenizer_config.json gives it a role. A
   * single character that serves as padding is still text.
   */
  private static boolean isSpecial(JsonNode token, String content, DeclaredTokens declared) {
    DeclaredTokens.Declared role = declared.byContent().get(content);
    return token.path("special").asBoolean()
        || (role != null && role.special() && content.length() > 1);
  }

  private static Map<Integer, String> vocabulary(Path file, ObjectNode root) {
    JsonNode vocab = root.path("model").path("vocab");
    Map<Integer, String> names = new HashMap<>();
    if (vocab.isObject()) {
      vocab.forEachEntry((content, id) -> names.put(JsonFile.id(file, id.asText()), content));
    } else if (vocab.isArray()) {
      for (JsonNode entry : vocab) {
        names.put(names.size(), entry.path(0).asText());
      }
    } else {
      throw JsonFile.corrupt(file, "it has no model.vocab", null);
    }
    return names;
  }
}
