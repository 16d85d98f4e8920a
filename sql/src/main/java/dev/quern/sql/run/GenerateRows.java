package dev.quern.sql.run;

import dev.quern.planner.QueryException.State;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.linq4j.Enumerator;

/**
 * The rows of a GENERATE node, in the order of its input. Works in windows: the first is small, so
 * that a query that stops early costs little; the next ones grow up to window-rows. When half of a
 * window has left, the next one joins, so that the engine does not run dry between them.
 */
final class GenerateRows implements Enumerator<Object[]> {
  private static final int FIRST_WINDOW = 64;
  private static final int GROWTH = 4;

  private final QueryContext context;
  private final List<CallRenderer> calls;
  private final Enumerator<Object[]> input;
  private int windowRows;
  private long rowsRead;
  private GenerateWindow window;
  private GenerateWindow ahead;
  private RuntimeException failure;
  private boolean inputEnded;
  private int next;
  private Object[] current;

  GenerateRows(QueryContext context, List<CallRenderer> calls, Enumerator<Object[]> input) {
    this.context = context;
    this.calls = calls;
    this.input = input;
    this.windowRows = Math.min(FIRST_WINDOW, context.options().windowRows());
  }

  @Override
  public boolean moveNext() {
    // Rows that were finished when a budget ran out still leave.
    boolean finished = window != null && next < window.size() && window.isDone(next);
    if (!finished || !context.control().outOfBudget()) {
      context.control().check();
    }
    if ((window == null || next == window.size()) && !nextWindow()) {
      return false;
    }
    current = window.row(next++);
    context.counters().generatedRows(1);
    if (next >= (window.size() + 1) / 2) {
      readAhead();
    }
    return true;
  }

  private void readAhead() {
    if (ahead != null || inputEnded || failure != null || context.control().outOfBudget()) {
      return;
    }
    try {
      ahead = submit(window.size() - next);
    } catch (RuntimeException e) {
      // The rows of this window come first.
      failure = e;
    }
  }

  private boolean nextWindow() {
    if (window != null) {
      window.close();
    }
    window = ahead;
    ahead = null;
    if (failure != null) {
      throw failure;
    }
    if (window == null && !inputEnded) {
      window = submit(0);
      if (window == null && !inputEnded) {
        stopAtRowBudget();
      }
    }
    next = 0;
    return window != null;
  }

  /**
   * Reads rows and gives their prompts to the engine.
   *
   * @param unfinished rows read before that have not left yet
   * @return null where the input has no rows left, or the budget allows none
   */
  private GenerateWindow submit(int unfinished) {
    long left = rowBudget() - context.counters().generated() - unfinished;
    long allowed = Math.min(windowRows, left);
    List<Object[]> rows = new ArrayList<>();
    while (rows.size() < allowed && !inputEnded) {
      if (input.moveNext()) {
        rows.add(input.current());
      } else {
        inputEnded = true;
      }
    }
    if (rows.isEmpty()) {
      return null;
    }
    context.counters().sampleMemory();
    GenerateWindow read = GenerateWindow.submit(context, calls, rows, rowsRead);
    rowsRead += rows.size();
    windowRows = (int) Math.min((long) windowRows * GROWTH, context.options().windowRows());
    return read;
  }

  private long rowBudget() {
    return context.options().maxRows().orElse(Long.MAX_VALUE);
  }

  /** The budget is used up: it stops the query only if there was more to do. */
  private void stopAtRowBudget() {
    if (!input.moveNext()) {
      inputEnded = true;
      return;
    }
    context
        .control()
        .stop(
            State.BUDGET,
            "max-rows-budget of " + rowBudget() + " rows reached; finished rows are kept");
    context.control().check();
  }

  @Override
  public Object[] current() {
    return current;
  }

  @Override
  public void reset() {
    throw new UnsupportedOperationException("GENERATE runs once");
  }

  @Override
  public void close() {
    if (window != null) {
      window.close();
    }
    if (ahead != null) {
      ahead.close();
    }
    input.close();
  }
}
