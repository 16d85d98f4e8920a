package dev.quern.planner.rel;

import dev.quern.planner.GenerateCall;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.apache.calcite.DataContext;
import org.apache.calcite.linq4j.Enumerable;

/** Runs GENERATE calls: what the execution puts into the DataContext under {@link #NAME}. */
public interface GenerateRuntime {
  String NAME = "quern.generate";

  /** Rows of a node's first window: few, so that a query that stops early costs little. */
  int FIRST_WINDOW = 64;

  /** How many times as large the next window is, up to window-rows. */
  int WINDOW_GROWTH = 4;

  /** The runtime of a running query. */
  static GenerateRuntime of(DataContext context) {
    return (GenerateRuntime) context.get(NAME);
  }

  /**
   * @param demand rows after which the consumer may stop, of these or of those it filters from
   *     them; empty: it takes all
   * @param input rows as arrays
   * @return every input row in its order, followed by one value a call
   */
  Enumerable<Object[]> generate(
      List<GenerateCall> calls, OptionalLong demand, Enumerable<Object[]> input);

  /**
   * A condition over the columns of the input and the answers of its own calls.
   *
   * @param calls over the input's columns
   * @param firstAnswer column of the result that holds the first call's answer
   * @param condition looks at a row of the result in which those answers are filled in
   * @param weight what an answer costs, in any unit that is the same for all conditions
   * @param selectivity share of rows that are expected to pass, until it is known better
   */
  record Condition(
      List<GenerateCall> calls,
      int firstAnswer,
      Predicate<Object[]> condition,
      double weight,
      double selectivity) {}

  /**
   * @param columns number of columns of the result: those of the input and all answers
   * @return the input rows that pass all conditions, in their order, followed by the answers
   */
  Enumerable<Object[]> filter(
      List<Condition> conditions, int columns, OptionalLong demand, Enumerable<Object[]> input);

  /**
   * The input's rows, read once however often they are asked for.
   *
   * @param number equal for nodes that share their rows
   */
  Enumerable<Object[]> share(int number, Enumerable<Object[]> input);
}
