package dev.quern.sql.run;

import dev.quern.planner.rel.GenerateRuntime;
import dev.quern.sql.SessionOptions;
import java.util.OptionalLong;

/**
 * How many rows the next window has. The first is small, so that a query that stops early costs
 * little; they grow up to window-rows. Where a LIMIT above may end the query, two windows hold no
 * more than max-num-seqs calls: that many may be made in vain at most.
 */
final class WindowSizes {
  private static final int FIRST_UNDER_LIMIT = 8;
  private static final int GROWTH_UNDER_LIMIT = 2;

  private final int most;
  private final int growth;
  private int next;

  /**
   * @param calls calls of a row
   */
  WindowSizes(SessionOptions options, OptionalLong demand, int calls) {
    if (demand.isPresent()) {
      int rows = options.engine().maxNumSeqs() / (2 * calls);
      most = Math.clamp(rows, 1, options.windowRows());
      growth = GROWTH_UNDER_LIMIT;
      next = Math.clamp(demand.getAsLong(), Math.min(FIRST_UNDER_LIMIT, most), most);
    } else {
      most = options.windowRows();
      growth = GenerateRuntime.WINDOW_GROWTH;
      next = Math.min(GenerateRuntime.FIRST_WINDOW, most);
    }
  }

  /** The first window is as large as any: nobody waits for the first rows. */
  WindowSizes whole() {
    next = most;
    return this;
  }

  int next() {
    return next;
  }

  /** A window of that size has been filled. */
  void used() {
    next = (int) Math.min((long) next * growth, most);
  }
}
