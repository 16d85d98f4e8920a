package dev.quern.server.rows;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;

/** Text set in character cells of a terminal: wide characters take two, combining ones none. */
final class CellText {
  private CellText() {}

  /** Number of cells that a line takes. */
  static int width(String line) {
    return line.codePoints().map(CellText::width).sum();
  }

  private static int width(int codePoint) {
    return Math.max(0, WCWidth.wcwidth(codePoint));
  }

  /**
   * The lines of a value, without trailing blanks (CHAR columns are padded). Control characters are
   * shown, not sent to the terminal.
   */
  static List<String> lines(String value) {
    List<String> lines = new ArrayList<>();
    for (String line : value.split("\r\n|\n|\r", -1)) {
      var shown = new StringBuilder();
      line.codePoints()
          .forEach(c -> {
            if (c == '\t') {
              shown.append("    ");
            } else if (Character.isISOControl(c) || isDirection(c)) {
              shown.append(String.format("\\u%04x", c));
            } else {
              shown.appendCodePoint(c);
            }
          });
      lines.add(shown.toString().stripTrailing());
    }
    return lines;
  }

  /** Marks that reorder the text around them would garble the whole table. */
  private static boolean isDirection(int c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  }

  /**
   * Breaks a line into pieces of at most {@code width} cells, between words where there are any.
   */
  static List<String> wrap(String line, int width) {
    if (width(line) <= width) {
      return List.of(line);
    }
    List<String> pieces = new ArrayList<>();
    int start = 0;
    int lastBlank = -1;
    int cells = 0;
    for (int i = 0; i < line.length(); i += Character.charCount(line.codePointAt(i))) {
      int codePoint = line.codePointAt(i);
      if (cells + width(codePoint) > width && i > start) {
        boolean atBlank = codePoint == ' ' || lastBlank > start;
        int end = codePoint == ' ' ? i : atBlank ? lastBlank : i;
        pieces.add(line.substring(start, end));
        start = atBlank ? end + 1 : end;
        cells = width(line.substring(Math.min(start, i), i));
        lastBlank = -1;
        if (codePoint == ' ' && start > i) {
          continue;
        }
      }
      if (codePoint == ' ') {
        lastBlank = i;
      }
      cells += width(codePoint);
    }
    pieces.add(line.substring(Math.min(start, line.length())));
    return pieces;
  }

  /** Fills a line up to {@code width} cells. */
  static String pad(String line, int width, boolean right) {
    String blanks = " ".repeat(Math.max(0, width - width(line)));
    return right ? blanks + line : line + blanks;
  }
}
