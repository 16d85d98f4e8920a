package dev.quern.sql.run;

import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.engine.PromptRow;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The prompts of a window that one model answers: one batch, so that they share what they can. */
final class Submission implements AutoCloseable {
  private final QueryContext context;
  private final List<Answer> answers = new ArrayList<>();
  private final List<AnswerMemo.Key> keys = new ArrayList<>();
  private final List<PromptRow> prompts = new ArrayList<>();
  private Completions completions;

  Submission(QueryContext context) {
    this.context = context;
  }

  /** The answer to a prompt that this query has not asked before. */
  Answer add(AnswerMemo.Key key, PromptRow prompt) {
    var answer = new Answer(this);
    context.memo().put(key, answer);
    context.counters().newPrompt();
    answers.add(answer);
    keys.add(key);
    prompts.add(prompt);
    return answer;
  }

  /**
   * Gives the prompts to the engine.
   *
   * @param head parts in front of every prompt
   */
  void start(Optional<String> model, List<PromptPart> head) {
    if (!prompts.isEmpty()) {
      completions = context.engine(model).submit(new PromptBatch(head, prompts, false));
      context.control().register(completions);
      prompts.clear();
    }
  }

  /** Waits for an answer of this submission that is neither done nor abandoned. */
  void await(Answer answer) {
    while (!answer.isDone() && !answer.isAbandoned()) {
      if (!pull()) {
        context.control().check();
        throw new QueryException(
            State.MODEL, "the engine ended a batch before all of its rows were done");
      }
    }
  }

  /** Takes what has come and what comes of a submission that was given up. */
  void drain() {
    while (pull()) {
      // until nothing is left
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
      case Event.Prompted _ -> {} // SQL asks for none
      case Event.Delta delta -> answers.get(delta.row()).append(delta.text());
      case Event.Done done -> {
        if (done.reason() == FinishReason.CANCELLED) {
          answers.get(done.row()).abandon();
        } else {
          answers.get(done.row()).finish(done);
        }
        context.counters().ended(done.usage());
        checkTokenBudget();
      }
    }
    return true;
  }

  private void checkTokenBudget() {
    long most = context.options().maxTokens().orElse(Long.MAX_VALUE);
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
    for (int i = 0; i < answers.size(); i++) {
      if (!answers.get(i).isDone()) {
        answers.get(i).abandon();
        context.memo().remove(keys.get(i));
      }
    }
  }
}
