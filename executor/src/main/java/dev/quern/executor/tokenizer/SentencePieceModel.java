package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.EngineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * A serialized SentencePiece model (sentencepiece_model.proto): what the library does not tell of
 * it, and variants of it.
 *
 * @param pieces by id
 * @param dummyPrefix a space is put before the text
 * @param removeExtraSpaces spaces at the ends are dropped
 * @param plainPairs it merges pairs (BPE) of the text's own characters: none is normalized
 * @param unknownSurface what the unknown piece decodes to
 */
record SentencePieceModel(
    List<Piece> pieces,
    boolean dummyPrefix,
    boolean removeExtraSpaces,
    boolean plainPairs,
    String unknownSurface,
    List<ProtoFields.Field> fields) {
  /** What a piece is for, with its number in the file. */
  enum PieceType {
    NORMAL(1),
    UNKNOWN(2),
    CONTROL(3),
    USER_DEFINED(4),
    UNUSED(5),
    BYTE(6);

    private final int number;

    PieceType(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    static Optional<PieceType> of(long number) {
      return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
    }
  }

  /** One entry of the vocabulary. */
  record Piece(String text, PieceType type) {}

  private static final int PIECES = 1;
  private static final int TRAINER = 2;
  private static final int NORMALIZER = 3;
  private static final int MODEL_TYPE_BPE = 2;
  private static final int PIECE_TEXT = 1;
  private static final int PIECE_TYPE = 3;

  static SentencePieceModel read(Path file) {
    try {
      return parse(file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw JsonFile.corrupt(file, "it cannot be read: " + e, e);
    }
  }

  /**
   * Reads a serialized model.
   *
   * @param file for errors
   */
  static SentencePieceModel parse(Path file, byte[] model) {
    try {
      return parse(ProtoFields.parse(model));
    } catch (ProtoFields.Malformed e) {
      throw JsonFile.corrupt(file, "it is no SentencePiece model: " + e.getMessage(), e);
    } catch (Unsupported e) {
      throw new EngineException(
          file + ": " + e.getMessage() + "; convert the tokenizer to tokenizer.json", e);
    }
  }

  private static SentencePieceModel parse(List<ProtoFields.Field> fields)
      throws ProtoFields.Malformed, Unsupported {
    List<Piece> pieces = new ArrayList<>();
    boolean dummyPrefix = true;
    boolean removeExtra = true;
    boolean pairs = false;
    boolean plain = true;
    String unknown = " \u2047 ";
    for (ProtoFields.Field field : fields) {
      switch (field.number()) {
        case PIECES -> pieces.add(piece(field, pieces.size()));
        case TRAINER -> {
          List<ProtoFields.Field> trainer = ProtoFields.parse(field.bytes());
          pairs = ProtoFields.number(trainer, 3).map(v -> v == MODEL_TYPE_BPE).orElse(pairs);
          unknown = ProtoFields.text(trainer, 44).orElse(unknown);
          if (ProtoFields.number(trainer, 24).orElse(0L) != 0) {
            throw new Unsupported("white space as a suffix is not supported");
          }
        }
        case NORMALIZER -> {
          List<ProtoFields.Field> normalizer = ProtoFields.parse(field.bytes());
          dummyPrefix = ProtoFields.number(normalizer, 3).map(v -> v != 0).orElse(dummyPrefix);
          removeExtra = ProtoFields.number(normalizer, 4).map(v -> v != 0).orElse(removeExtra);
          // Rules for characters (precompiled_charsmap), or spaces that are not marked.
          plain &= ProtoFields.text(normalizer, 2).map(String::isEmpty).orElse(true);
          plain &= ProtoFields.number(normalizer, 5).map(v -> v != 0).orElse(true);
        }
        default -> {} // nothing in the rest changes ids or text of this reader
      }
    }
    if (pieces.isEmpty()) {
      throw new ProtoFields.Malformed("it has no pieces");
    }
    return new SentencePieceModel(
        pieces, dummyPrefix, removeExtra, pairs && plain, unknown, fields);
  }

  private static Piece piece(ProtoFields.Field field, int id) throws ProtoFields.Malformed {
    List<ProtoFields.Field> piece = ProtoFields.parse(field.bytes());
    long type = ProtoFields.number(piece, PIECE_TYPE).orElse(1L);
    String text =
        ProtoFields.text(piece, PIECE_TEXT)
            .orElseThrow(() -> new ProtoFields.Malformed("piece " + id + " has no text"));
    return new Piece(
        text,
        PieceType.of(type)
            .orElseThrow(
                () -> new ProtoFields.Malformed("piece " + id + " has the unknown type " + type)));
  }

  /** Where the text between special tokens can be cut. */
  TextCut cut() {
    if (!plainPairs) {
      return TextCut.NONE;
    }
    List<String> texts = new ArrayList<>(pieces.size());
    for (Piece piece : pieces) {
      switch (piece.type()) {
        case NORMAL, USER_DEFINED, UNUSED -> texts.add(piece.text());
        case UNKNOWN, CONTROL, BYTE -> {}
      }
    }
    return new PieceCut(texts, removeExtraSpaces);
  }

  /**
   * The model in which the chosen pieces are never found in text: they become control pieces.
   *
   * @param prefix false to put no space before the text, whatever the model says
   */
  byte[] without(IntPredicate hidden, boolean prefix) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int id = 0;
    for (ProtoFields.Field field : fields) {
      out.writeBytes(
          field.number() == PIECES && hidden.test(id++) ? control(field) : field.encoded());
    }
    if (!prefix) {
      // A message field that comes twice is merged: this sets add_dummy_prefix only.
      out.writeBytes(ProtoFields.message(NORMALIZER, ProtoFields.varint(3, 0)));
    }
    return out.toByteArray();
  }

  private static byte[] control(ProtoFields.Field piece) {
    // The last value of a number field that comes twice holds.
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    changed.writeBytes(piece.bytes());
    changed.writeBytes(ProtoFields.varint(PIECE_TYPE, PieceType.CONTROL.number));
    return ProtoFields.message(PIECES, changed.toByteArray());
  }

  /** The model is in order but asks for what is not built. */
  private static final class Unsupported extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1L;

    Unsupported(String message) {
      super(message);
    }
  }
}
