package dev.quern.executor.tokenizer;

import dev.quern.executor.model.gguf.GgufFile;
import dev.quern.executor.model.gguf.GgufMetadata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the tokenizer of a checkpoint. */
public final class TokenizerLoader {
  private TokenizerLoader() {}

  /**
   * The tokenizer of {@code tokenizer.json}, else of {@code tokenizer.model} (SentencePiece); empty
   * when the folder has neither. A GGUF file has its own in its metadata.
   *
   * @throws dev.quern.executor.engine.EngineException naming the file and the remedy, when it is
   *     damaged or of a kind that is not supported, or when the native library cannot be loaded
   */
  public static Optional<Tokenizer> open(Path folder) {
    if (GgufFile.isNamed(folder)) {
      return open(folder, GgufFile.metadata(folder));
    }
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

  /** That of a GGUF file whose metadata is at hand. */
  public static Optional<Tokenizer> open(Path file, GgufMetadata metadata) {
    return GgufTokenizer.open(file, metadata);
  }
}
