package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.tokenizer.Tokenizer.StreamDecoder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AnswerTextTest {
  /** Token i is the i-th piece. */
  private record Pieces(String... pieces) implements StreamDecoder {
    @Override
    public String next(int id) {
      return pieces[id];
    }

    @Override
    public String finish() {
      return "";
    }
  }

  @Test
  void textBeforeAStopStringIsKeptAndTheRestDropped() {
    var text = new AnswerText(new Pieces("one", " two\nthr", "ee"), List.of("\n"));
    assertEquals("one", text.next(0, true));
    assertEquals(" two", text.next(1, true));
    assertTrue(text.stopped());
    assertEquals(Optional.of("\n"), text.stop());
    assertEquals("", text.finish(true));
  }

  @Test
  void whatMayBecomeAStopStringIsHeldBack() {
    var text = new AnswerText(new Pieces("a EN", "D", "X", "EN", "x"), List.of("END!", "ENDING"));
    assertEquals("a ", text.next(0, true));
    assertEquals("", text.next(1, true));
    assertEquals("ENDX", text.next(2, true));
    assertEquals("", text.next(3, true));
    assertEquals("ENx", text.next(4, true));
    assertFalse(text.stopped());
  }

  @Test
  void theEarliestOfSeveralStopStringsEndsTheAnswer() {
    var text = new AnswerText(new Pieces("abc def ghi"), List.of("ghi", "def"));
    assertEquals("abc ", text.next(0, true));
    assertTrue(text.stopped());
  }

  @Test
  void aStopStringOverTwoTokensIsFound() {
    var text = new AnswerText(new Pieces("yes<", "/s>", "more"), List.of("</s>"));
    assertEquals("yes", text.next(0, true));
    assertEquals("", text.next(1, true));
    assertTrue(text.stopped());
  }

  @Test
  void beforeMinTokensStopStringsAreText() {
    var text = new AnswerText(new Pieces("a.", "b.", "c"), List.of("."));
    assertEquals("a.", text.next(0, false));
    assertEquals("b", text.next(1, true));
    assertTrue(text.stopped());
  }

  @Test
  void heldTextComesAtTheEnd() {
    var text = new AnswerText(new Pieces("x EN"), List.of("END"));
    assertEquals("x ", text.next(0, true));
    assertEquals("EN", text.finish(true));
  }

  @Test
  void nothingFollowsAStopString() {
    var decoder =
        new StreamDecoder() {
          @Override
          public String next(int id) {
            return "word ";
          }

          @Override
          public String finish() {
            return "\uFFFD"; // half a character behind the stop string
          }
        };
    var text = new AnswerText(decoder, List.of(" "));
    assertEquals("word", text.next(0, true));
    assertEquals("", text.finish(true));
  }
}
