package dev.quern.sql.run;

import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.Usage;
import java.util.Optional;

/** One prompt's answer, shared by all rows that ask for it; empty until it is done. */
final class Answer {
  private final StringBuilder text = new StringBuilder();
  private final Submission owner;
  private Event.Done done;
  private boolean abandoned;

  /**
   * @param owner the submission whose events bring the answer
   */
  Answer(Submission owner) {
    this.owner = owner;
  }

  Submission owner() {
    return owner;
  }

  /** The submission was closed before the answer was done: who needs it asks again. */
  void abandon() {
    abandoned = true;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  void append(String delta) {
    text.append(delta);
  }

  void finish(Event.Done end) {
    done = end;
  }

  boolean isDone() {
    return done != null;
  }

  String text() {
    return text.toString();
  }

  FinishReason reason() {
    return done.reason();
  }

  Usage usage() {
    return done.usage();
  }

  Optional<String> error() {
    return done.error();
  }
}
