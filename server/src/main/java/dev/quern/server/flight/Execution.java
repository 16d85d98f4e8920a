package dev.quern.server.flight;

import dev.quern.sql.run.QueryControl;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One execution of a statement: of a query, its rows are yet to fetch; of an update, only the
 * number of rows that it wrote is.
 */
final class Execution {
  private final Statement statement;
  private final BoundValues values;
  private final OptionalLong count;
  private final QueryControl control = new QueryControl();
  private final AtomicBoolean taken = new AtomicBoolean();

  private Execution(Statement statement, BoundValues values, OptionalLong count) {
    this.statement = statement;
    this.values = values;
    this.count = count;
  }

  /** A query that runs when it is fetched. */
  static Execution ofQuery(Statement statement, BoundValues values) {
    return new Execution(statement.share(), values, OptionalLong.empty());
  }

  /** An update that has run. */
  static Execution ofUpdate(Statement statement, long count) {
    return new Execution(statement.share(), BoundValues.NONE, OptionalLong.of(count));
  }

  Statement statement() {
    return statement;
  }

  BoundValues values() {
    return values;
  }

  OptionalLong count() {
    return count;
  }

  QueryControl control() {
    return control;
  }

  /** Whether the caller is the one who fetches it, and then {@link #end}s it. */
  boolean take() {
    return taken.compareAndSet(false, true);
  }

  /** Stops it, running or not yet; true where it has not begun. */
  boolean cancel() {
    control.cancel();
    return !taken.get();
  }

  /** Ends it where nobody fetches it; false where someone does. */
  boolean discard() {
    boolean unfetched = take();
    if (unfetched) {
      end();
    }
    return unfetched;
  }

  void end() {
    control.close();
    statement.close();
  }
}
