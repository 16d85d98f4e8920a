package dev.quern.executor.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tokens that tokenizer_config.json, special_tokens_map.json and added_tokens.json declare, by
 * content.
 */
record DeclaredTokens(Map<String, Declared> byContent) {
  /**
   * One declared token.
   *
   * @param id its id where a file gives one
   * @param special whether decoded text leaves it out
   */
  record Declared(
      Optional<Integer> id,
      boolean special,
      boolean stripLeft,
      boolean stripRight,
      boolean singleWord) {}

  private static final List<String> ROLES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token",
          "additional_special_tokens",
          "extra_special_tokens");

  /** Reads what the folder has; none of the files is needed. */
  static DeclaredTokens read(Path folder) {
    DeclaredTokens tokens = new DeclaredTokens(new LinkedHashMap<>());
    for (String name : List.of("tokenizer_config.json", "special_tokens_map.json")) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        JsonNode json = JsonFile.readObject(file);
        json.path("added_tokens_decoder")
            .forEachEntry(
                (id, token) -> tokens.add(token, Optional.of(JsonFile.id(file, id)), false));
        for (String role : ROLES) {
          tokens.addAll(json.path(role));
        }
      }
    }
    Path added = folder.resolve("added_tokens.json");
    if (Files.exists(added)) {
      JsonFile.readObject(added)
          .forEachEntry((content, id) ->
              tokens.put(
                  content,
                  new Declared(
                      Optional.of(JsonFile.id(added, id.asText())), false, false, false, false)));
    }
    return tokens;
  }

  private void addAll(JsonNode role) {
    if (role.isTextual() || role.has("content")) {
      add(role, Optional.empty(), true);
    } else {
      role.forEach(this::addAll); // a list of tokens, or an object of named ones
    }
  }

  private void add(JsonNode token, Optional<Integer> id, boolean special) {
    String content = token.isTextual() ? token.asText() : token.path("content").asText();
    put(
        content,
        new Declared(
            id,
            special || token.path("special").asBoolean(),
            token.path("lstrip").asBoolean(),
            token.path("rstrip").asBoolean(),
            token.path("single_word").asBoolean()));
  }

  /** Declarations of one token are united: an id from anywhere, a flag set anywhere. */
  private void put(String content, Declared more) {
    if (content.isEmpty()) {
      return;
    }
    byContent.merge(
        content,
        more,
        (a, b) ->
            new Declared(
                a.id().or(b::id),
                a.special() || b.special(),
                a.stripLeft() || b.stripLeft(),
                a.stripRight() || b.stripRight(),
                a.singleWord() || b.singleWord()));
  }
}
