package dev.quern.executor.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** The special tokens' characters, as far as a chat template must know them. */
final class SpecialContents {
  private SpecialContents() {}

  /** All that the folder's tokenizer could recognise in trusted text; more does no harm. */
  static Set<String> read(Path folder) {
    Set<String> contents = new TreeSet<>(DeclaredTokens.read(folder).byContent().keySet());
    Path json = folder.resolve("tokenizer.json");
    Path model = folder.resolve("tokenizer.model");
    if (Files.exists(json)) {
      for (JsonNode token : JsonFile.readObject(json).path("added_tokens")) {
        contents.add(token.path("content").asText());
      }
    } else if (Files.exists(model)) {
      for (SentencePieceModel.Piece piece : SentencePieceModel.read(model).pieces()) {
        switch (piece.type()) {
          case CONTROL, USER_DEFINED -> contents.add(piece.text());
          case NORMAL, UNKNOWN, UNUSED, BYTE -> {}
        }
      }
    }
    return withoutText(contents);
  }

  /** White space runs are text; marking them would hide them from the template's trim. */
  static Set<String> withoutText(Set<String> contents) {
    contents.removeIf(content -> content.isBlank() || content.length() == 1);
    return contents;
  }
}
