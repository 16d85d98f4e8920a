package dev.quern.executor.tokenizer;

import dev.quern.executor.tokenizer.Tokenizer.StreamDecoder;
import java.util.Arrays;
import java.util.Map;

/**
 * Ids to text from a table of bytes made once, without a call into native code. Immutable.
 *
 * @param pieces bytes of each id; null for an id that gives no text (special tokens, holes)
 * @param leading which spaces at the start of the text belong to the tokenizer, not to the text
 * @param malformed how bytes that are no UTF-8 are replaced
 */
record Detokenizer(byte[][] pieces, Leading leading, Utf8Assembler.Malformed malformed) {

  /**
   * Spaces dropped at the start.
   *
   * @param limit at most so many
   * @param firstTokenOnly true when only spaces of the first token with text are dropped
   */
  record Leading(int limit, boolean firstTokenOnly) {
    static final Leading KEEP = new Leading(0, false);
  }

  /** The same with special tokens, which give no text here, by their names. */
  Detokenizer named(Map<String, Integer> special) {
    byte[][] all = pieces.clone();
    special.forEach((name, id) -> {
      if (id < all.length) {
        all[id] = ByteTokens.utf8(name);
      }
    });
    return new Detokenizer(all, leading, malformed);
  }

  String decode(int[] ids) {
    StringBuilder text = new StringBuilder(ids.length * 4);
    Stream stream = new Stream();
    for (int id : ids) {
      stream.append(id, text);
    }
    stream.utf8.finish(text);
    return text.toString();
  }

  StreamDecoder stream() {
    return new Stream();
  }

  private final class Stream implements StreamDecoder {
    private final Utf8Assembler utf8 = new Utf8Assembler(malformed);
    private int droppable = leading.limit();

    @Override
    public String next(int id) {
      StringBuilder text = new StringBuilder();
      append(id, text);
      return text.toString();
    }

    @Override
    public String finish() {
      StringBuilder text = new StringBuilder();
      utf8.finish(text);
      return text.toString();
    }

    private void append(int id, StringBuilder text) {
      if (id < 0 || id >= pieces.length) {
        throw new IllegalArgumentException(
            "token id " + id + " is outside the tokenizer's [0, " + pieces.length + ")");
      }
      byte[] bytes = pieces[id];
      if (bytes == null) {
        return;
      }
      int from = 0;
      while (droppable > 0 && from < bytes.length && bytes[from] == ' ') {
        from++;
        droppable--;
      }
      if (from < bytes.length || leading.firstTokenOnly()) {
        droppable = 0;
      }
      utf8.append(bytes, from, bytes.length, text);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Detokenizer that
        && Arrays.deepEquals(pieces, that.pieces)
        && leading.equals(that.leading)
        && malformed == that.malformed;
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(pieces);
  }

  @Override
  public String toString() {
    return "Detokenizer[" + pieces.length + " ids, " + leading + ", " + malformed + "]";
  }
}
