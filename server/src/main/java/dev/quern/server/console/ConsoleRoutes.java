package dev.quern.server.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.server.SqlSessions;
import dev.quern.server.http.Routes;
import dev.quern.server.metrics.Jobs;
import dev.quern.server.query.Ticker;
import java.util.Optional;

/** The web console at {@code /} and the calls that its pages make. */
public final class ConsoleRoutes implements AutoCloseable {
  private final ConsoleSessions sessions;
  private final Ticker idle;

  private ConsoleRoutes(ConsoleSessions sessions, ConsoleLimits limits) {
    this.sessions = sessions;
    this.idle =
        new Ticker(
            "quern-console-idle", Math.max(1, limits.idle().toMillis() / 10), sessions::closeIdle);
  }

  /**
   * Adds them; the engine stays the caller's. What is given back closes the sessions: after the
   * endpoint.
   *
   * @param sql sessions on the same engine
   * @param demoTable a file with the demo's support tickets that these sessions may read
   * @param jobs counts what is run
   */
  public static ConsoleRoutes addTo(
      Routes.Builder routes,
      SqlSessions sql,
      GenerateEngine engine,
      Optional<String> demoTable,
      ConsoleLimits limits,
      Jobs jobs) {
    var sessions = new ConsoleSessions(sql, limits, System::nanoTime);
    var statements = new SqlHandler(sessions, limits, jobs);
    var explain = new ExplainHandler(sessions);
    ObjectNode about = about(engine, demoTable, limits);
    StaticFiles.addTo(routes);
    routes
        .add("GET", "/quern/v1/console", (_, reply) -> reply.send(200, about))
        .add("POST", "/quern/v1/sql", statements::run)
        .add("POST", "/quern/v1/sql/{id}/cancel", statements::cancel)
        .add("POST", "/quern/v1/explain", explain::explain)
        .add("GET", "/quern/v1/tree", new TreeHandler(engine)::tree);
    return new ConsoleRoutes(sessions, limits);
  }

  /** What the page shows before any query: the model, limits, examples. */
  private static ObjectNode about(
      GenerateEngine engine, Optional<String> demoTable, ConsoleLimits limits) {
    ObjectNode about =
        JsonNodeFactory.instance
            .objectNode()
            .put("model", engine.model().name())
            .put("contextTokens", engine.model().contextTokens())
            .put("rows", limits.rows());
    ArrayNode examples = about.putArray("examples");
    Example.all(demoTable)
        .forEach(e -> examples.addObject().put("title", e.title()).put("sql", e.sql()));
    return about;
  }

  @Override
  public void close() {
    idle.close();
    sessions.close();
  }
}
