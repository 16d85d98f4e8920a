package dev.quern.server.flight;

import dev.quern.sql.arrow.ArrowStatement;

/**
 * A planned statement and the values bound last. It closes when the client has closed it and the
 * last execution has ended.
 */
final class Statement {
  private final ArrowStatement planned;
  private BoundValues bound = BoundValues.NONE;
  private int users = 1;

  Statement(ArrowStatement planned) {
    this.planned = planned;
  }

  ArrowStatement planned() {
    return planned;
  }

  synchronized void bind(BoundValues values) {
    bound = values;
  }

  synchronized BoundValues bound() {
    return bound;
  }

  /** Another user, who closes it too. */
  synchronized Statement share() {
    users++;
    return this;
  }

  /** One user less. */
  void close() {
    boolean last;
    synchronized (this) {
      last = --users == 0;
    }
    if (last) {
      planned.close();
    }
  }
}
