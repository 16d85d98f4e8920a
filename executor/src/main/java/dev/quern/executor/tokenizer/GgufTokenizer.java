package dev.quern.executor.tokenizer;

import dev.quern.executor.model.gguf.GgufMetadata;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the tokenizer that stands in a GGUF file's metadata. */
final class GgufTokenizer {
  private GgufTokenizer() {}

  /**
   * Empty where the file has none.
   *
   * @throws dev.quern.executor.engine.EngineException naming the key, for a kind that is not
   *     supported or for damaged metadata
   */
  static Optional<Tokenizer> open(Path file, GgufMetadata metadata) {
    Optional<String> model = metadata.text("tokenizer.ggml.model");
    if (model.isEmpty() || model.get().equals("none")) {
      return Optional.empty();
    }
    GgufVocabulary vocabulary = GgufVocabulary.read(metadata);
    return Optional.of(
        switch (model.get()) {
          case "gpt2" -> GgufBytePairs.open(file, metadata, vocabulary);
          case "llama" -> GgufSentencePieces.open(file, metadata, vocabulary);
          default ->
              throw metadata.error(
                  "key tokenizer.ggml.model: \"%s\" is not supported; supported: gpt2 (byte-level BPE), llama (SentencePiece)"
                      .formatted(model.get()));
        });
  }
}
