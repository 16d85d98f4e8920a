package dev.quern.sql.run;

import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.engine.PromptRow;
import dev.quern.planner.CallOptions;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One call over the rows of a window: each different prompt runs once. */
final class CallBatch implements AutoCloseable {
  private final QueryContext context;
  private final CallRenderer call;
  private final Answer[] answers;
  private final List<Answer> submitted = new ArrayList<>();
  private final List<AnswerMemo.Key> keys = new ArrayList<>();
  private final List<Object[]> rows;
  private Completions completions;

  private CallBatch(QueryContext context, CallRenderer call, List<Object[]> rows) {
    this.context = context;
    this.call = call;
    this.rows = rows;
    this.answers = new Answer[rows.size()];
  }

  /** Gives the engine every prompt of the rows that it has not had in this query. */
  static CallBatch submit(QueryContext context, CallRenderer call, List<Object[]> rows) {
    var batch = new CallBatch(context, call, rows);
    call.window(rows);
    List<PromptRow> prompts = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Object[] row = rows.get(i);
      Optional<List<PromptPart>> tail = call.wanted(row) ? call.tail(row) : Optional.empty();
      if (tail.isPresent()) {
        batch.answers[i] = batch.ask(tail.get(), call.options(row), prompts);
      }
    }
    if (!prompts.isEmpty()) {
      batch.completions =
          context
              .engine(call.options().model())
              .submit(new PromptBatch(call.head(), prompts, false));
      context.control().register(batch.completions);
    }
    return batch;
  }

  private Answer ask(List<PromptPart> tail, CallOptions options, List<PromptRow> prompts) {
    List<PromptPart> whole = new ArrayList<>(call.head());
    whole.addAll(tail);
    var key = AnswerMemo.Key.of(options.model(), whole, options.engine());
    Answer known = context.memo().get(key);
    if (known != null) {
      return known;
    }
    var answer = new Answer(this);
    context.memo().put(key, answer);
    context.counters().newPrompt();
    submitted.add(answer);
    keys.add(key);
    prompts.add(new PromptRow(new Prompt.Text(tail), options.engine(), 0));
    return answer;
  }

  CallRenderer call() {
    return call;
  }

  /** Whether the row's answer is there, so that nobody has to wait for it. */
  boolean isDone(int row) {
    return answers[row] == null || answers[row].isDone();
  }

  /** The row's answer, waiting for it; null where the row asks nothing. */
  Answer answer(int row) {
    while (!isDone(row)) {
      if (answers[row].isAbandoned()) {
        answers[row] = again(row);
      } else if (!answers[row].owner().pull()) {
        context.control().check();
        throw new QueryException(
            State.MODEL, "the engine ended a batch before all of its rows were done");
      }
    }
    return answers[row];
  }

  /** Asks for one row that relied on another batch, which was closed early. */
  private Answer again(int row) {
    try (CallBatch retry = submit(context, call, List.<Object[]>of(rows.get(row)))) {
      return retry.answer(0);
    }
  }

  /** Takes one event; false when there is none left. */
  private boolean pull() {
    Event event;
    try {
      event = completions == null ? null : completions.next();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QueryException(State.CANCELLED, "the query's thread was interrupted", e);
    }
    switch (event) {
      case null -> {
        return false;
      }
      case Event.Delta(int row, String text, List<Integer> ids) -> submitted.get(row).append(text);
      case Event.Done done -> {
        submitted.get(done.row()).finish(done);
        context.counters().ended(done.usage());
        checkTokenBudget(context.options());
      }
    }
    return true;
  }

  private void checkTokenBudget(SessionOptions options) {
    long most = options.maxTokens().orElse(Long.MAX_VALUE);
    if (context.counters().tokens() > most) {
      context
          .control()
          .stop(
              State.BUDGET,
              "max-tokens-budget of " + most + " tokens reached; finished rows are kept");
    }
  }

  @Override
  public void close() {
    if (completions != null) {
      context.control().unregister(completions);
      completions.close();
    }
    for (int i = 0; i < submitted.size(); i++) {
      if (!submitted.get(i).isDone()) {
        submitted.get(i).abandon();
        context.memo().remove(keys.get(i));
      }
    }
  }
}
