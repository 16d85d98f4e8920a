package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.quern.executor.cache.PrefixCache;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an engine keeps and copies for those who look at its prompts, on a clock of numbers. */
final class PromptWatchTest {
  private static final long MILLI = 1_000_000;
  private static final PrefixCache CACHE = new PrefixCache(4, 4, true, 0);

  private final PromptWatch watch = new PromptWatch();
  private final LocalCompletions batch = new LocalCompletions(3, null); // nobody consumes it

  private void end(int row) {
    batch.emit(new Event.Done(row, FinishReason.STOP, Usage.NONE, Optional.empty()));
    watch.ended(batch, new int[] {row});
  }

  private int kept() {
    return watch.endedPrompts(batch).size();
  }

  @Test
  void nothingIsKeptWhereNobodyLooks() {
    end(0);
    assertEquals(0, kept());
  }

  @Test
  void promptsOfEndedRowsAreKeptUntilTheirBatchEnds() {
    watch.looked(0);
    end(0);
    end(1);
    assertEquals(2, kept());
    end(2);
    assertEquals(0, kept());
  }

  @Test
  void promptsOfABatchThatWasGivenUpAreNotKept() {
    watch.looked(0);
    end(0);
    watch.dropped(batch);
    assertEquals(0, kept());
  }

  @Test
  void aMinuteBehindTheLastLookNothingIsKept() {
    watch.looked(0);
    end(0);
    watch.looked(30_000 * MILLI);
    watch.pass(89_999 * MILLI);
    assertEquals(1, kept());
    watch.pass(90_000 * MILLI);
    end(1);
    assertEquals(0, kept());
  }

  @Test
  void looksInARowShareACopy() {
    PromptRows first = watch.look(List.of(), CACHE, 0);
    assertSame(first, watch.look(List.of(), CACHE, 100 * MILLI));
    assertSame(first, watch.look(List.of(), CACHE, 199 * MILLI));
    PromptRows second = watch.look(List.of(), CACHE, 200 * MILLI);
    assertNotSame(first, second);
    watch.idle();
    assertNotSame(second, watch.look(List.of(), CACHE, 201 * MILLI));
  }
}
