package dev.quern.executor.tokenizer;

import dev.quern.executor.model.gguf.GgufMetadata;
import dev.quern.executor.tokenizer.DeclaredTokens.Declared;
import dev.quern.executor.tokenizer.SentencePieceModel.PieceType;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * SentencePiece BPE of a GGUF file, as a serialized model (sentencepiece_model.proto): pieces with
 * scores and types, byte fallback, and no normalization of characters. As llama.cpp a space is put
 * before the text unless the file says otherwise, and runs of spaces stay; unlike it no space is
 * put behind a special token, which is what the models were trained with.
 */
final class GgufSentencePieces {
  private static final int PIECE = 1;
  private static final int TRAINER = 2;
  private static final int NORMALIZER = 3;
  private static final int MODEL_TYPE_BPE = 2;

  private GgufSentencePieces() {}

  static Tokenizer open(Path file, GgufMetadata metadata, GgufVocabulary vocabulary) {
    String key = "tokenizer.ggml.scores";
    List<Double> scores = metadata.numbers(key).orElseThrow(() -> metadata.missing(key));
    if (scores.size() != vocabulary.tokens().size()) {
      throw metadata.error(
          "key %s: expected %d entries, one a token, but found %d"
              .formatted(key, vocabulary.tokens().size(), scores.size()));
    }
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    Map<String, Declared> special = new LinkedHashMap<>();
    boolean bytes = false;
    for (int id = 0; id < scores.size(); id++) {
      String text = vocabulary.tokens().get(id);
      PieceType type = vocabulary.types().get(id);
      bytes |= type == PieceType.BYTE;
      model.writeBytes(ProtoFields.message(PIECE, piece(text, scores.get(id).floatValue(), type)));
      if (type == PieceType.CONTROL) {
        special.put(text, new Declared(Optional.of(id), true, false, false, false));
      }
    }
    ByteArrayOutputStream trainer = new ByteArrayOutputStream();
    trainer.writeBytes(ProtoFields.varint(3, MODEL_TYPE_BPE));
    trainer.writeBytes(ProtoFields.varint(35, bytes ? 1 : 0)); // byte_fallback
    model.writeBytes(ProtoFields.message(TRAINER, trainer.toByteArray()));
    ByteArrayOutputStream normalizer = new ByteArrayOutputStream();
    normalizer.writeBytes(ProtoFields.message(1, ByteTokens.utf8("identity")));
    boolean prefix = metadata.flag("tokenizer.ggml.add_space_prefix").orElse(true);
    boolean remove = metadata.flag("tokenizer.ggml.remove_extra_whitespaces").orElse(false);
    normalizer.writeBytes(ProtoFields.varint(3, prefix ? 1 : 0));
    normalizer.writeBytes(ProtoFields.varint(4, remove ? 1 : 0));
    model.writeBytes(ProtoFields.message(NORMALIZER, normalizer.toByteArray()));
    return SentencePiece.open(
        file, SentencePieceModel.parse(file, model.toByteArray()), new DeclaredTokens(special));
  }

  private static byte[] piece(String text, float score, PieceType type) {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    piece.writeBytes(ProtoFields.message(1, ByteTokens.utf8(text)));
    piece.writeBytes(ProtoFields.fixed32(2, score));
    piece.writeBytes(ProtoFields.varint(3, type.number()));
    return piece.toByteArray();
  }
}
