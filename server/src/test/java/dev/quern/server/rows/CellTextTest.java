package dev.quern.server.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellTextTest {
  @Test
  void wideCharactersTakeTwoCellsAndCombiningOnesNone() {
    assertEquals(4, CellText.width("日本"));
    assertEquals(4, CellText.width("cafe\u0301"));
    assertEquals("日本  ", CellText.pad("日本", 6, false));
    assertEquals("  日本", CellText.pad("日本", 6, true));
  }

  @Test
  void linesBreakBetweenWordsAndLongWordsInside() {
    assertEquals(List.of("one two", "three"), CellText.wrap("one two three", 8));
    assertEquals(List.of("one two", "three"), CellText.wrap("one two three", 7));
    assertEquals(List.of("abcde", "f gh"), CellText.wrap("abcdef gh", 5));
    assertEquals(List.of("日本", "語"), CellText.wrap("日本語", 5));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 20})
  void wrappingLosesNothingButBlanksAndKeepsTheWidth(int width) {
    String text = "The quick brown fox, 日本語 and supercalifragilistic  double  blanks";
    List<String> pieces = CellText.wrap(text, width);
    assertEquals(text.replace(" ", ""), String.join("", pieces).replace(" ", ""));
    for (String piece : pieces) {
      assertTrue(CellText.width(piece) <= Math.max(width, 2), piece);
    }
  }

  @Test
  void controlCharactersAreShownNotSent() {
    assertEquals(
        List.of("a\\u001b[31mb", "c    d\\u202e"), CellText.lines("a\u001b[31mb\r\nc\td\u202e"));
  }
}
