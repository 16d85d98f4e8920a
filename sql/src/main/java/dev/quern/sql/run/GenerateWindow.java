package dev.quern.sql.run;

import dev.quern.planner.GenerateCall.Result;
import dev.quern.planner.OnError;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;

/** Some rows in scan order, and the values of their calls as the answers come. */
final class GenerateWindow implements AutoCloseable {
  private final QueryContext context;
  private final List<CallRenderer> calls;
  private final WindowAnswers answers;
  private final List<Object[]> rows;
  private final IntToLongFunction number;

  private GenerateWindow(
      QueryContext context,
      List<CallRenderer> calls,
      WindowAnswers answers,
      List<Object[]> rows,
      IntToLongFunction number) {
    this.context = context;
    this.calls = calls;
    this.answers = answers;
    this.rows = rows;
    this.number = number;
  }

  /**
   * Gives all prompts of the rows to the engines.
   *
   * @param number a row's number in the input, from 1, for messages
   */
  static GenerateWindow submit(
      QueryContext context,
      List<CallRenderer> calls,
      List<Object[]> rows,
      IntToLongFunction number) {
    return new GenerateWindow(
        context, calls, WindowAnswers.submit(context, calls, rows), rows, number);
  }

  int size() {
    return rows.size();
  }

  /** Takes what was finished when a budget stopped the query. */
  void drain() {
    answers.drain();
  }

  /** Whether all answers of a row are there. */
  boolean isDone(int index) {
    return answers.isDone(index);
  }

  /** The input row with the value of each call behind it; waits for the answers. */
  Object[] row(int index) {
    Object[] input = rows.get(index);
    Object[] row = Arrays.copyOf(input, input.length + calls.size());
    fill(index, row, input.length);
    return row;
  }

  /** Puts the values of a row's calls into {@code target}; waits for the answers. */
  void fill(int index, Object[] target, int first) {
    for (int i = 0; i < calls.size(); i++) {
      target[first + i] = value(i, index);
    }
  }

  private Object value(int index, int row) {
    Answer answer = answers.answer(index, row);
    if (answer == null) {
      return null;
    }
    CallRenderer call = calls.get(index);
    if (answer.error().isPresent()) {
      return failed(call, answer, number.applyAsLong(row));
    }
    return switch (call.call().result()) {
      case TEXT, LABEL -> answer.text();
      case BOOLEAN -> yesOrNo(answer.text());
      case DETAILS -> details(answer.text(), answer);
    };
  }

  private Object failed(CallRenderer call, Answer answer, long row) {
    String message = answer.error().orElseThrow();
    OnError onError = call.options().onError();
    if (onError == OnError.FAIL) {
      throw new QueryException(State.ROW_FAILED, "GENERATE failed in row " + row + ": " + message);
    }
    context.counters().failedRow();
    context.warnings().failedRow(row, message);
    String text = onError == OnError.TEXT ? message : null;
    return call.call().result() == Result.DETAILS ? details(text, answer) : text;
  }

  /** NULL for what is neither. */
  private static Boolean yesOrNo(String answer) {
    return switch (answer) {
      case "yes" -> true;
      case "no" -> false;
      default -> null;
    };
  }

  private static Object[] details(String text, Answer answer) {
    return new Object[] {
      text,
      answer.reason().label(),
      answer.usage().promptTokens(),
      answer.usage().cachedTokens(),
      answer.usage().completionTokens(),
      answer.error().orElse(null)
    };
  }

  @Override
  public void close() {
    answers.close();
  }
}
