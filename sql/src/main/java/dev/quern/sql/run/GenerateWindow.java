package dev.quern.sql.run;

import dev.quern.planner.GenerateCall.Result;
import dev.quern.planner.OnError;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Some rows in scan order, and the answers to their calls as they come. */
final class GenerateWindow implements AutoCloseable {
  private final QueryContext context;
  private final List<CallBatch> batches;
  private final List<Object[]> rows;
  private final long rowsBefore;

  private GenerateWindow(
      QueryContext context, List<CallBatch> batches, List<Object[]> rows, long rowsBefore) {
    this.context = context;
    this.batches = batches;
    this.rows = rows;
    this.rowsBefore = rowsBefore;
  }

  /**
   * Gives all prompts of the rows to the engines.
   *
   * @param rowsBefore rows that came in earlier windows, for messages
   */
  static GenerateWindow submit(
      QueryContext context, List<CallRenderer> calls, List<Object[]> rows, long rowsBefore) {
    List<CallBatch> batches = new ArrayList<>();
    var window = new GenerateWindow(context, batches, rows, rowsBefore);
    try {
      for (CallRenderer call : calls) {
        batches.add(CallBatch.submit(context, call, rows));
      }
      return window;
    } catch (RuntimeException e) {
      window.close();
      throw e;
    }
  }

  int size() {
    return rows.size();
  }

  /** Whether all answers of a row are there. */
  boolean isDone(int index) {
    return batches.stream().allMatch(batch -> batch.isDone(index));
  }

  /** The input row with the value of each call behind it; waits for the answers. */
  Object[] row(int index) {
    Object[] input = rows.get(index);
    Object[] row = Arrays.copyOf(input, input.length + batches.size());
    for (int i = 0; i < batches.size(); i++) {
      row[input.length + i] = value(batches.get(i), index);
    }
    return row;
  }

  private Object value(CallBatch batch, int index) {
    Answer answer = batch.answer(index);
    if (answer == null) {
      return null;
    }
    if (answer.error().isPresent()) {
      return failed(batch.call(), answer, rowsBefore + index + 1);
    }
    return switch (batch.call().call().result()) {
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
    batches.forEach(CallBatch::close);
  }
}
