package dev.quern.sql.run;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.planner.rel.GenerateRuntime.Condition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.apache.calcite.linq4j.Enumerator;

/**
 * The rows that pass several conditions on answers, in the order of the input. Works in windows: a
 * window's rows are asked the first condition, those left the second, and so on; while one is being
 * asked, the next window's first condition runs too. The order of the conditions follows what was
 * seen in the windows before.
 */
final class FilterRows implements Enumerator<Object[]> {
  private final QueryContext context;
  private final List<Condition> conditions;
  private final List<List<CallRenderer>> calls;
  private final int columns;
  private final Enumerator<Object[]> input;
  private final WindowSizes sizes;
  private final ConditionOrder order;
  private long rowsRead;
  private boolean inputEnded;
  private Stage ahead;
  private RuntimeException failure;
  private List<Object[]> passed = List.of();
  private int next;
  private Object[] current;

  FilterRows(
      QueryContext context,
      List<Condition> conditions,
      int columns,
      OptionalLong demand,
      Enumerator<Object[]> input) {
    this.context = context;
    this.conditions = conditions;
    this.calls =
        conditions.stream()
            .map(c -> c.calls().stream().map(call -> new CallRenderer(call, context)).toList())
            .toList();
    this.columns = columns;
    this.input = input;
    int most = conditions.stream().mapToInt(c -> c.calls().size()).max().orElse(1);
    this.sizes = new WindowSizes(context.options(), demand, most);
    this.order = new ConditionOrder(conditions);
  }

  /**
   * Rows that are asked the first of {@code left}; the others follow.
   *
   * @param numbers of the rows in the input, from 1
   * @param answers null before they are asked
   */
  private record Stage(
      List<Integer> left, List<Object[]> rows, long[] numbers, GenerateWindow answers) {}

  @Override
  public boolean moveNext() {
    while (next >= passed.size()) {
      context.control().check();
      if (failure != null) {
        throw failure;
      }
      Stage stage = ahead == null ? read() : ahead;
      ahead = null;
      if (stage == null) {
        stopAtRowBudget();
        return false;
      }
      passed = finish(stage);
      next = 0;
    }
    current = passed.get(next++);
    return true;
  }

  /** Asks the next window its first condition; null where the input has ended. */
  private Stage read() {
    long left = rowBudget() - context.counters().generated();
    List<Object[]> rows = new ArrayList<>();
    while (!inputEnded && rows.size() < Math.min(sizes.next(), left)) {
      if (input.moveNext()) {
        rows.add(Arrays.copyOf(input.current(), columns));
      } else {
        inputEnded = true;
      }
    }
    if (rows.isEmpty()) {
      return null;
    }
    sizes.used();
    context.counters().sampleMemory();
    context.counters().generatedRows(rows.size());
    long[] numbers = LongStream.range(0, rows.size()).map(i -> rowsRead + i + 1).toArray();
    rowsRead += rows.size();
    return ask(order.now(), rows, numbers);
  }

  private Stage ask(List<Integer> left, List<Object[]> rows, long[] numbers) {
    return new Stage(
        left,
        rows,
        numbers,
        GenerateWindow.submit(context, calls.get(left.getFirst()), rows, index -> numbers[index]));
  }

  private void readAhead() {
    if (ahead == null && failure == null && !inputEnded && !context.control().outOfBudget()) {
      try {
        ahead = read();
      } catch (RuntimeException e) {
        // The rows of this window come first.
        failure = e;
      }
    }
  }

  private List<Object[]> finish(Stage first) {
    Stage stage = first;
    while (true) {
      Stage rest;
      try (GenerateWindow answers = stage.answers()) {
        readAhead();
        rest = kept(stage, answers);
      }
      if (rest.left().isEmpty() || rest.rows().isEmpty()) {
        return rest.rows();
      }
      context.control().check();
      stage = ask(rest.left(), rest.rows(), rest.numbers());
    }
  }

  /** The rows that pass, not asked yet. */
  private Stage kept(Stage stage, GenerateWindow answers) {
    int index = stage.left().getFirst();
    Condition condition = conditions.get(index);
    List<Object[]> kept = new ArrayList<>();
    long[] numbers = new long[stage.rows().size()];
    for (int i = 0; i < numbers.length; i++) {
      Object[] row = stage.rows().get(i);
      try {
        answers.fill(i, row, condition.firstAnswer());
      } catch (QueryException e) {
        if (e.state() == State.BUDGET) {
          break; // what was finished by then still leaves
        }
        throw e;
      }
      if (condition.condition().test(row)) {
        numbers[kept.size()] = stage.numbers()[i];
        kept.add(row);
      }
    }
    order.saw(index, numbers.length, kept.size());
    return new Stage(stage.left().subList(1, stage.left().size()), kept, numbers, null);
  }

  private long rowBudget() {
    return context.options().maxRows().orElse(Long.MAX_VALUE);
  }

  /** The budget is used up: it stops the query only if there was more to do. */
  private void stopAtRowBudget() {
    if (!inputEnded && input.moveNext()) {
      throw GenerateRows.stopAtRowBudget(context);
    }
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
    if (ahead != null) {
      ahead.answers().close();
    }
    input.close();
  }
}
