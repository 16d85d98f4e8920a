package dev.quern.sql.run;

import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.engine.PromptRow;
import dev.quern.planner.CallOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answers of several calls over the rows of a window. All that go to one model are one batch: a
 * row's calls that begin alike are siblings of one prefix there. Each different prompt runs once.
 */
final class WindowAnswers implements AutoCloseable {
  private final QueryContext context;
  private final List<CallRenderer> calls;
  private final List<Object[]> rows;
  private final Answer[][] answers;
  private final Map<Optional<String>, Submission> submissions = new LinkedHashMap<>();

  private WindowAnswers(QueryContext context, List<CallRenderer> calls, List<Object[]> rows) {
    this.context = context;
    this.calls = calls;
    this.rows = rows;
    this.answers = new Answer[calls.size()][rows.size()];
  }

  /** Gives the engines every prompt of the rows that they have not had in this query. */
  static WindowAnswers submit(QueryContext context, List<CallRenderer> calls, List<Object[]> rows) {
    var window = new WindowAnswers(context, calls, rows);
    try {
      // One head serves a batch only where all prompts have it.
      boolean sameHead = calls.stream().map(CallRenderer::head).distinct().count() == 1;
      for (int i = 0; i < calls.size(); i++) {
        window.ask(i, sameHead);
      }
      List<PromptPart> head = sameHead ? calls.getFirst().head() : List.of();
      window.submissions.forEach((model, submission) -> submission.start(model, head));
      return window;
    } catch (RuntimeException e) {
      window.close();
      throw e;
    }
  }

  private void ask(int index, boolean headApart) {
    CallRenderer call = calls.get(index);
    call.window(rows);
    for (int i = 0; i < rows.size(); i++) {
      Object[] row = rows.get(i);
      Optional<List<PromptPart>> tail = call.wanted(row) ? call.tail(row) : Optional.empty();
      if (tail.isPresent()) {
        answers[index][i] = ask(call, tail.get(), call.options(row), headApart);
      }
    }
  }

  private Answer ask(
      CallRenderer call, List<PromptPart> tail, CallOptions options, boolean headApart) {
    List<PromptPart> whole = new ArrayList<>(call.head());
    whole.addAll(tail);
    var key = AnswerMemo.Key.of(options.model(), whole, options.engine());
    Answer known = context.memo().get(key);
    if (known != null) {
      return known;
    }
    var prompt = new Prompt.Text(headApart ? tail : whole);
    return submissions
        .computeIfAbsent(options.model(), model -> new Submission(context))
        .add(key, new PromptRow(prompt, options.engine(), 0));
  }

  /** Takes what was finished when a budget stopped the query. */
  void drain() {
    submissions.values().forEach(Submission::drain);
  }

  /** Whether all answers of a row are there, so that nobody has to wait for them. */
  boolean isDone(int row) {
    for (Answer[] call : answers) {
      if (call[row] != null && !call[row].isDone()) {
        return false;
      }
    }
    return true;
  }

  /** A call's answer in a row, waiting for it; null where the row asks nothing. */
  Answer answer(int call, int row) {
    Answer answer = answers[call][row];
    while (answer != null && !answer.isDone()) {
      if (answer.isAbandoned()) {
        answer = again(call, row);
        answers[call][row] = answer;
      } else {
        answer.owner().await(answer);
      }
    }
    return answer;
  }

  /** Asks for one row that relied on another window, which was closed early. */
  private Answer again(int call, int row) {
    context.control().check();
    try (WindowAnswers retry =
        submit(context, List.of(calls.get(call)), List.<Object[]>of(rows.get(row)))) {
      return retry.answer(0, 0);
    }
  }

  @Override
  public void close() {
    submissions.values().forEach(Submission::close);
  }
}
