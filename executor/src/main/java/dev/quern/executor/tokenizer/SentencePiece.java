package dev.quern.executor.tokenizer;

import dev.quern.executor.tokenizer.SentencePieceModel.Piece;
import dev.quern.executor.tokenizer.SentencePieceModel.PieceType;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads tokenizer.model. Special in trusted text are the model's user-defined symbols and what the
 * JSON files beside it declare; control symbols that nobody declares have an id and no text, as in
 * SentencePiece itself.
 */
final class SentencePiece {
  private final List<Piece> pieces;
  private final Map<String, SpecialToken> recognised = new LinkedHashMap<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private final BitSet hidden = new BitSet();
  private final BitSet silent = new BitSet();
  private int size;

  private SentencePiece(SentencePieceModel model) {
    this.pieces = model.pieces();
    this.size = pieces.size();
  }

  static Tokenizer open(Path file, DeclaredTokens declared) {
    return open(file, SentencePieceModel.read(file), declared);
  }

  /**
   * Opens such a model, wherever it comes from.
   *
   * @param file for errors
   */
  static Tokenizer open(Path file, SentencePieceModel model, DeclaredTokens declared) {
    SentencePiece reader = new SentencePiece(model);
    reader.collectPieces();
    reader.collectDeclared(declared);
    byte[] start = model.without(reader.hidden::get, true);
    Optional<byte[]> inner =
        model.dummyPrefix()
            ? Optional.of(model.without(reader.hidden::get, false))
            : Optional.empty();
    try {
      return new SegmentedTokenizer(
          new SpecialTokens(reader.recognised.values()),
          reader.ids,
          new SentencePieceEncoder(start, inner, model.cut()),
          reader.detokenizer(model));
    } catch (ai.djl.engine.EngineException e) {
      throw JsonFile.corrupt(file, "it is no usable SentencePiece model: " + e.getMessage(), e);
    }
  }

  private void collectPieces() {
    for (int id = 0; id < pieces.size(); id++) {
      Piece piece = pieces.get(id);
      switch (piece.type()) {
        case CONTROL -> {
          ids.put(piece.text(), id);
          silent.set(id);
        }
        case USER_DEFINED -> {
          if (!isOrdinaryText(piece.text())) {
            recognise(new SpecialToken(piece.text(), id, false, false, false));
          }
        }
        case NORMAL, UNKNOWN, UNUSED, BYTE -> {}
      }
    }
  }

  /** Symbols that only keep white space, digits or one character together are text everywhere. */
  private static boolean isOrdinaryText(String symbol) {
    return symbol.codePointCount(0, symbol.length()) == 1
        || symbol.chars().allMatch(c -> c == '\u2581' || WhiteSpace.is((char) c))
        || symbol.chars().allMatch(Character::isDigit);
  }

  private void collectDeclared(DeclaredTokens declared) {
    Map<String, Integer> byText = new HashMap<>();
    for (int id = 0; id < pieces.size(); id++) {
      byText.putIfAbsent(pieces.get(id).text(), id);
    }
    declared
        .byContent()
        .forEach((content, token) -> {
          Integer id = byText.getOrDefault(content, token.id().orElse(-1));
          boolean text = id < pieces.size() && id >= 0 && isOrdinaryText(content);
          if (id >= 0 && !text) {
            recognise(
                new SpecialToken(
                    content, id, token.stripLeft(), token.stripRight(), token.singleWord()));
            if (token.special()) {
              silent.set(id);
            }
          }
        });
  }

  private void recognise(SpecialToken token) {
    recognised.put(token.content(), token);
    ids.put(token.content(), token.id());
    size = Math.max(size, token.id() + 1);
    if (token.id() < pieces.size()) {
      PieceType type = pieces.get(token.id()).type();
      if (type == PieceType.USER_DEFINED || type == PieceType.NORMAL) {
        hidden.set(token.id());
      }
    }
  }

  private Detokenizer detokenizer(SentencePieceModel model) {
    byte[][] table = new byte[size][];
    for (int id = 0; id < pieces.size(); id++) {
      Piece piece = pieces.get(id);
      table[id] =
          switch (piece.type()) {
            case CONTROL -> null;
            case UNKNOWN -> ByteTokens.utf8(model.unknownSurface());
            case BYTE -> ByteTokens.byteFallback(piece.text());
            case NORMAL, USER_DEFINED, UNUSED ->
                ByteTokens.utf8(piece.text().replace('\u2581', ' '));
          };
    }
    recognised.values().stream()
        .filter(token -> token.id() >= pieces.size())
        .forEach(token -> table[token.id()] = ByteTokens.utf8(token.content()));
    silent.stream().forEach(id -> table[id] = null);
    return new Detokenizer(table, leading(model), Utf8Assembler.Malformed.EACH_BYTE);
  }

  private static Detokenizer.Leading leading(SentencePieceModel model) {
    if (model.removeExtraSpaces()) {
      return new Detokenizer.Leading(Integer.MAX_VALUE, false);
    }
    return model.dummyPrefix() ? new Detokenizer.Leading(1, false) : Detokenizer.Leading.KEEP;
  }
}
