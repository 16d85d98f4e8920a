package dev.quern.executor.tokenizer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the tokenizer of a checkpoint folder. */
public final class TokenizerLoader {
  private TokenizerLoader() {}

  /**
   * The tokenizer of {@code tokenizer.json}, else of {@code tokenizer.model} (SentencePiece); empty
   * when the folder has neither.
   *
   * @throws dev.quern.executor.engine.EngineException naming the file and the remedy, when it is
   *     damaged or of a kind that is not supported, or when the native library cannot be loaded
   */
  public static Optional<Tokenizer> open(Path folder) {
    Path json = folder.resolve("tokenizer.json");
    if (Files.exists(json)) {
      return Optional.of(TokenizerJson.open(json, DeclaredTokens.read(folder)));
    }
    Path model = folder.resolve("tokenizer.model");
    if (Files.exists(model)) {
      return Optional.of(SentencePiece.open(model, DeclaredTokens.read(folder)));
    }
    return Optional.empty();
  }
}
