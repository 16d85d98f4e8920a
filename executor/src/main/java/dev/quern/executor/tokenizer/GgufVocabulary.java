package dev.quern.executor.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.model.gguf.GgufMetadata;
import dev.quern.executor.tokenizer.SentencePieceModel.PieceType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tokens of a GGUF file's metadata, by id.
 *
 * @param types what each is for; numbered as in SentencePiece (llama.h, enum llama_token_type)
 * @param named tokens with a role, as tokenizer_config.json names them: bos_token, eos_token, ..
 */
record GgufVocabulary(List<String> tokens, List<PieceType> types, JsonNode named) {
  private static final String PREFIX = "tokenizer.ggml.";

  /** Roles of tokenizer_config.json by the part of the key in GGUF files. */
  private static final Map<String, String> ROLES =
      Map.of(
          "bos", "bos_token",
          "eos", "eos_token",
          "unknown", "unk_token",
          "seperator", "sep_token", // spelled so in the format
          "padding", "pad_token",
          "cls", "cls_token",
          "mask", "mask_token");

  GgufVocabulary {
    tokens = List.copyOf(tokens);
    types = List.copyOf(types);
  }

  /**
   * @throws dev.quern.executor.engine.EngineException where keys are missing or do not agree
   */
  static GgufVocabulary read(GgufMetadata metadata) {
    String key = PREFIX + "tokens";
    List<String> tokens = metadata.texts(key).orElseThrow(() -> metadata.missing(key));
    ObjectNode named = JsonNodeFactory.instance.objectNode();
    ROLES.forEach((ours, role) -> {
      String id = PREFIX + ours + "_token_id";
      // A file may name no token by an id out of range.
      metadata
          .integer(id)
          .filter(i -> i >= 0 && i < tokens.size())
          .ifPresent(i -> named.put(role, tokens.get(i.intValue())));
    });
    return new GgufVocabulary(tokens, types(metadata, tokens.size()), named);
  }

  private static List<PieceType> types(GgufMetadata metadata, int count) {
    String key = PREFIX + "token_type";
    if (!metadata.has(key)) {
      return Collections.nCopies(count, PieceType.NORMAL);
    }
    List<Long> numbers = metadata.integers(key).orElseThrow();
    if (numbers.size() != count) {
      throw metadata.error(
          "key %s: expected %d entries, one a token, but found %d"
              .formatted(key, count, numbers.size()));
    }
    List<PieceType> types = new ArrayList<>(count);
    for (long number : numbers) {
      types.add(
          PieceType.of(number)
              .orElseThrow(() ->
                  metadata.error(
                      "key %s: expected types from 1 to 6 but found %d".formatted(key, number))));
    }
    return types;
  }

  /** What is special in trusted text. */
  Set<String> specialContents() {
    Set<String> contents = new TreeSet<>();
    for (int id = 0; id < tokens.size(); id++) {
      if (types.get(id) == PieceType.CONTROL || types.get(id) == PieceType.USER_DEFINED) {
        contents.add(tokens.get(id));
      }
    }
    return contents;
  }
}
