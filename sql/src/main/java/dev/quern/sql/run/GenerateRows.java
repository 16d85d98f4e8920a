package dev.quern.sql.run;

import dev.quern.planner.QueryException.State;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.linq4j.Enumerator;

/**
 * The rows of a GENERATE node, in the order of its input. Works in windows: the first is small, so
 * that a query that stops early costs little; the next ones grow up to window-rows.
 */
final class GenerateRows implements Enumerator<Object[]> {
  private static final int FIRST_WINDOW = 64;
  private static final int GROWTH = 4;

  private final QueryContext context;
  private final List<CallRenderer> calls;
  private final Enumerator<Object[]> input;
  private int windowRows;
  private long rowsBefore;
  private GenerateWindow window;
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
    return true;
  }

  private boolean nextWindow() {
    if (window != null) {
      rowsBefore += window.size();
      window.close();
      window = null;
      windowRows = (int) Math.min((long) windowRows * GROWTH, context.options().windowRows());
    }
    long budget = context.options().maxRows().orElse(Long.MAX_VALUE);
    long allowed = Math.min(windowRows, budget - context.counters().generated());
    List<Object[]> rows = new ArrayList<>();
    while (rows.size() < allowed && input.moveNext()) {
      rows.add(input.current());
    }
    if (allowed <= 0 && input.moveNext()) {
      context
          .control()
          .stop(
              State.BUDGET,
              "max-rows-budget of " + budget + " rows reached; finished rows are kept");
      context.control().check();
    }
    if (rows.isEmpty()) {
      return false;
    }
    context.counters().sampleMemory();
    window = GenerateWindow.submit(context, calls, rows, rowsBefore);
    next = 0;
    return true;
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
    input.close();
  }
}
