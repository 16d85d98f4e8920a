package dev.quern.sql.run;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.calcite.linq4j.Enumerator;

/**
 * The rows of a GENERATE node, in the order of its input. Works in windows, see {@link
 * WindowSizes}. When half of a window has left, the next one joins, so that the engine does not run
 * dry between them.
 */
final class GenerateRows implements Enumerator<Object[]> {
  private final QueryContext context;
  private final List<CallRenderer> calls;
  private final Enumerator<Object[]> input;
  private final WindowSizes sizes;
  private final boolean numbered;
  private long rowsRead;
  private GenerateWindow window;
  private GenerateWindow ahead;
  private RuntimeException failure;
  private boolean inputEnded;
  private int next;
  private Object[] current;

  GenerateRows(
      QueryContext context,
      List<CallRenderer> calls,
      OptionalLong demand,
      Enumerator<Object[]> input) {
    this(context, calls, demand, false, input);
  }

  /**
   * @param numbered whether the last column of the input is a row's number, from 0, for messages
   */
  GenerateRows(
      QueryContext context,
      List<CallRenderer> calls,
      OptionalLong demand,
      boolean numbered,
      Enumerator<Object[]> input) {
    this.context = context;
    this.numbered = numbered;
    this.calls = calls;
    this.input = input;
    var growing = new WindowSizes(context.options(), demand, calls.size());
    this.sizes = context.takesAllRows() && demand.isEmpty() ? growing.whole() : growing;
  }

  @Override
  public boolean moveNext() {
    // Rows that were finished when a budget ran out still leave.
    if (window != null && context.control().outOfBudget()) {
      if (next == window.size() && ahead != null) {
        nextWindow();
      }
      window.drain();
    }
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
    long allowed = Math.min(sizes.next(), left);
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
    long before = rowsRead;
    GenerateWindow read =
        GenerateWindow.submit(
            context,
            calls,
            rows,
            index -> numbered ? (Long) last(rows.get(index)) + 1 : before + index + 1);
    rowsRead += rows.size();
    sizes.used();
    return read;
  }

  private static Object last(Object[] row) {
    return row[row.length - 1];
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
    throw stopAtRowBudget(context);
  }

  /** Stops the query because its budget of rows is used up; gives the reason to throw. */
  static QueryException stopAtRowBudget(QueryContext context) {
    long most = context.options().maxRows().orElseThrow();
    String reason = "max-rows-budget of " + most + " rows reached; finished rows are kept";
    context.control().stop(State.BUDGET, reason);
    return new QueryException(State.BUDGET, reason);
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
