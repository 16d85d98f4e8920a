package dev.quern.sql.differential;

import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Script;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.Engines;
import dev.quern.sql.Prepared;
import dev.quern.sql.Session;
import dev.quern.sql.SessionOptions;
import dev.quern.sql.run.QueryControl;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.calcite.linq4j.Enumerator;

/** A session as users have it, every pass on, over Parquet files and the scripted engine. */
final class Subject implements AutoCloseable {
  private final ScriptedEngine engine =
      new ScriptedEngine(new Script((prompt, options) -> ModelAnswers.reply(prompt), 0, 0));
  // Windows of a few rows, or no query here would have two.
  private final Session session =
      new Session(new Engines(options -> engine), SessionOptions.parse(Map.of("window-rows", "5")));

  /**
   * @param folder gets the tables
   */
  Subject(Path folder) {
    for (TestTable table : TestTable.ALL) {
      Path file = folder.resolve(table.name() + ".parquet");
      long rows = update("COPY (" + table.values() + ") TO '" + file + "'");
      if (rows != table.rows().size()) {
        throw new IllegalStateException(table.name() + ": wrote " + rows + " rows");
      }
      update("CREATE VIEW " + table.name() + " AS SELECT * FROM '" + file + "'");
    }
  }

  private long update(String sql) {
    try (var update = (Prepared.Update) session.prepare(sql);
        var control = new QueryControl()) {
      return update.run().applyAsLong(session.start(List.of(), control));
    }
  }

  Outcome run(String sql) {
    try (Prepared prepared = session.prepare(sql);
        var control = new QueryControl();
        Enumerator<Object[]> rows =
            ((Prepared.Rows) prepared).run().apply(session.start(List.of(), control))) {
      return Outcome.Rows.of(rows);
    } catch (QueryException e) {
      return e.state() == State.NOT_BUILT
          ? new Outcome.Refused(e.getMessage())
          : new Outcome.Failed(e);
    } catch (RuntimeException | Error e) {
      return new Outcome.Failed(e);
    }
  }

  /** Prompts that the engine was asked so far. */
  long calls() {
    return engine.calls();
  }

  @Override
  public void close() {
    session.close();
  }
}
