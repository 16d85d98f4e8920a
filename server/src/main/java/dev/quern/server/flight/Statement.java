package dev.quern.server.flight;

import dev.quern.sql.arrow.ArrowStatement;
import java.util.List;

/**
 * A planned statement and the values bound last. It closes when the client has closed it and the
 * last execution has ended.
 */
final class Statement {
  private final ArrowStatement planned;
  private List<List<Object>> bound = List.of();
  private int users = 1;

  Statement(ArrowStatement planned) {
    this.planned = planned;
  }

  ArrowStatement planned() {
    return planned;
  }

  synchronized void bind(List<List<Object>> values) {
    bound = values;
  }

  synchronized List<List<Object>> bound() {
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
