package dev.quern.sql.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.engine.Usage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AnswerMemoTest {
  private static AnswerMemo.Key key(String prompt) {
    return AnswerMemo.Key.of(
        Optional.empty(), List.of(PromptPart.value(prompt)), GenerateOptions.DEFAULT);
  }

  private static Answer answered(AnswerMemo memo, String prompt, String text) {
    var answer = new Answer(null);
    memo.put(key(prompt), answer);
    answer.append(text);
    answer.finish(new Event.Done(0, FinishReason.STOP, Usage.NONE, Optional.empty()));
    return answer;
  }

  @Test
  void shortPromptsAreBoundedByTheObjectsAroundThem() {
    var memo = new AnswerMemo(100_000);
    for (int i = 0; i < 1000; i++) {
      answered(memo, "p" + i, "yes");
    }
    assertTrue(memo.bytes() <= 101_000, () -> "holds " + memo.bytes());
    assertNull(memo.get(key("p0")));
    assertNotNull(memo.get(key("p999")));
  }

  @Test
  void answersCountToo() {
    var memo = new AnswerMemo(100_000);
    answered(memo, "long", "x".repeat(60_000));
    answered(memo, "next", "yes");
    assertNull(memo.get(key("long")));
    assertNotNull(memo.get(key("next")));
  }

  @Test
  void theOneUnusedForLongestGoesFirst() {
    var memo = new AnswerMemo(100_000);
    answered(memo, "a", "x".repeat(20_000));
    answered(memo, "b", "x".repeat(20_000));
    assertNotNull(memo.get(key("a")));
    answered(memo, "c", "x".repeat(20_000));
    answered(memo, "d", "");
    assertNull(memo.get(key("b")));
    assertNotNull(memo.get(key("a")));
  }

  @Test
  void whatIsUnderWayStays() {
    var memo = new AnswerMemo(1000);
    var waiting = new Answer(null);
    memo.put(key("waiting"), waiting);
    for (int i = 0; i < 10; i++) {
      answered(memo, "p" + i, "yes");
    }
    assertEquals(waiting, memo.get(key("waiting")));
  }

  @Test
  void nothingIsCountedThatWasRemoved() {
    var memo = new AnswerMemo(1000);
    memo.put(key("given up"), new Answer(null));
    memo.remove(key("given up"));
    assertEquals(0, memo.bytes());
  }
}
