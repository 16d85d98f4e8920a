package dev.quern.sql.run;

import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.Usage;
import java.util.Optional;
import java.util.function.IntConsumer;

/** One prompt's answer, shared by all rows that ask for it; empty until it is done. */
final class Answer {
  private String text = "";
  private final Submission owner;
  private Event.Done done;
  private boolean abandoned;
  private IntConsumer onDone = characters -> {};

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

  /** Adds text; as a rule it comes whole, at once. */
  void append(String delta) {
    text = text.isEmpty() ? delta : text.concat(delta);
  }

  void finish(Event.Done end) {
    done = end;
    onDone.accept(text.length());
  }

  /** Tells how many characters the answer has when it ends. */
  void whenDone(IntConsumer characters) {
    onDone = characters;
  }

  int characters() {
    return text.length();
  }

  boolean isDone() {
    return done != null;
  }

  String text() {
    return text;
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
