package dev.quern.executor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * Text that holds contents not known yet. A template can print it, add text to it and trim it;
 * every other use is an error, because its result would depend on the content. A template that
 * renders with such contents therefore inserts them as they are, whatever they are.
 *
 * @param pieces strings and slots, adjacent strings joined, at least one slot
 */
public record Content(List<Object> pieces) {
  /** The place of a content: its number, and whether white space at its ends is dropped. */
  public record Slot(int number, boolean trimmed) {}

  private static final char MARK = '\uFDD0';

  /** Content number {@code number}, which must be below 1000. */
  public static Content slot(int number) {
    return new Content(List.of(new Slot(number, false)));
  }

  /** Whether the text could be mistaken for an encoded slot. */
  static boolean isAmbiguous(String text) {
    return text.indexOf(MARK) >= 0;
  }

  String encode() {
    StringBuilder text = new StringBuilder();
    for (Object piece : pieces) {
      if (piece instanceof Slot(int number, boolean trimmed)) {
        text.append(MARK).append((char) ('0' + number * 2 + (trimmed ? 1 : 0)));
      } else {
        text.append(piece);
      }
    }
    return text.toString();
  }

  /** The pieces of an encoded text: strings and slots. */
  static List<Object> decode(String text) {
    List<Object> pieces = new ArrayList<>();
    int done = 0;
    for (int mark = text.indexOf(MARK); mark >= 0; mark = text.indexOf(MARK, done)) {
      if (mark > done) {
        pieces.add(text.substring(done, mark));
      }
      int code = text.charAt(mark + 1) - '0';
      pieces.add(new Slot(code / 2, code % 2 == 1));
      done = mark + 2;
    }
    if (done < text.length()) {
      pieces.add(text.substring(done));
    }
    return pieces;
  }

  /** A string, or a content where the encoded text has slots. */
  static Object value(String encoded) {
    return isAmbiguous(encoded) ? new Content(decode(encoded)) : encoded;
  }

  Content trimmed() {
    if (pieces.size() == 1 && pieces.get(0) instanceof Slot slot) {
      return new Content(List.of(new Slot(slot.number(), true)));
    }
    throw dependent();
  }

  static JinjaException dependent() {
    return JinjaException.of("the result depends on a message's content");
  }
}
