package dev.quern.sql.run;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.run.ExternalSort.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.Linq4j;

/**
 * The rows of a GENERATE node whose consumer writes them all: they run in the order of their
 * prompts, whatever their number, so that prompts that begin alike meet in a window, and leave in
 * the order of the input. Both sorts keep to a bound of memory.
 */
final class OrderedRows implements Enumerator<Object[]> {
  /** Characters of a prompt that rows are sorted by. */
  private static final int KEY = 256;

  private final QueryContext context;
  private final List<CallRenderer> calls;
  private final Enumerator<Object[]> input;
  private GenerateRows unsorted;
  private ExternalSort prompts;
  private ExternalSort finished;
  private QueryException spent;
  private Object[] current;

  OrderedRows(QueryContext context, List<CallRenderer> calls, Enumerator<Object[]> input) {
    this.context = context;
    this.calls = calls;
    this.input = input;
  }

  @Override
  public boolean moveNext() {
    if (unsorted == null && finished == null) {
      start();
    }
    return unsorted == null ? nextFinished() : unsorted.moveNext();
  }

  /** Rows of one window need no sort: the engine orders them. */
  private void start() {
    List<Object[]> first = new ArrayList<>();
    while (first.size() <= context.options().windowRows()) {
      context.control().check();
      if (!input.moveNext()) {
        unsorted = new GenerateRows(context, calls, OptionalLong.empty(), Linq4j.enumerator(first));
        return;
      }
      first.add(input.current());
    }
    prompts = new ExternalSort(context.sortMemory());
    finished = new ExternalSort(context.sortMemory());
    boolean more = read(first);
    prompts.sort();
    answer();
    prompts.close();
    if (more && spent == null) {
      spent = GenerateRows.stopAtRowBudget(context);
    }
    finished.sort();
  }

  /**
   * Reads the input as far as the budget of rows allows: which rows are kept is not a matter of
   * their prompts.
   *
   * @param first rows read already
   * @return whether the budget left some out
   */
  private boolean read(List<Object[]> first) {
    long left = context.options().maxRows().orElse(Long.MAX_VALUE) - context.counters().generated();
    long number = 0;
    for (Object[] row : first) {
      if (number == left) {
        return true;
      }
      prompts.add(new Entry(key(row), number++, row));
    }
    first.clear();
    while (input.moveNext()) {
      context.control().check();
      if (number == left) {
        return true;
      }
      prompts.add(new Entry(key(input.current()), number++, input.current()));
    }
    return false;
  }

  private boolean nextFinished() {
    Entry entry = finished.next();
    if (entry == null && spent != null) {
      throw spent;
    }
    current = entry == null ? null : entry.row();
    return entry != null;
  }

  /** The head of the first prompt that the row asks; rows that ask nothing come first. */
  private String key(Object[] row) {
    for (CallRenderer call : calls) {
      if (call.wanted(row)) {
        return call.start(row, KEY);
      }
    }
    return "";
  }

  private void answer() {
    try (var rows =
        new GenerateRows(context, calls, OptionalLong.empty(), true, new Numbered(prompts))) {
      while (rows.moveNext()) {
        Object[] row = rows.current();
        int number = row.length - calls.size() - 1;
        Object[] plain = new Object[row.length - 1];
        System.arraycopy(row, 0, plain, 0, number);
        System.arraycopy(row, number + 1, plain, number, calls.size());
        finished.add(new Entry("", (Long) row[number], plain));
      }
    } catch (QueryException e) {
      if (e.state() != State.BUDGET) {
        throw e;
      }
      spent = e; // what is finished leaves first
    }
  }

  /** Rows in the order of their prompts; behind their columns the place in the input. */
  private static final class Numbered implements Enumerator<Object[]> {
    private final ExternalSort rows;
    private Object[] current;

    Numbered(ExternalSort rows) {
      this.rows = rows;
    }

    @Override
    public boolean moveNext() {
      Entry entry = rows.next();
      if (entry == null) {
        return false;
      }
      current = Arrays.copyOf(entry.row(), entry.row().length + 1);
      current[entry.row().length] = entry.number();
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
    public void close() {}
  }

  @Override
  public Object[] current() {
    return unsorted == null ? current : unsorted.current();
  }

  @Override
  public void reset() {
    throw new UnsupportedOperationException("GENERATE runs once");
  }

  @Override
  public void close() {
    input.close();
    if (unsorted != null) {
      unsorted.close();
    }
    if (prompts != null) {
      prompts.close();
    }
    if (finished != null) {
      finished.close();
    }
  }
}
