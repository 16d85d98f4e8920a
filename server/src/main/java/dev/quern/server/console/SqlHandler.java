package dev.quern.server.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.Reply;
import dev.quern.server.http.Request;
import dev.quern.server.metrics.Jobs;
import dev.quern.server.query.JobStatistics;
import dev.quern.sql.run.QueryStatistics;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code POST /quern/v1/sql}: runs statements one after another and tells of them in server-sent
 * events, each an object with a type: started, statement, columns, rows, count, progress, warning,
 * cut, and last done, cancelled or error. A client that goes away cancels them.
 */
final class SqlHandler {
  private final ConsoleSessions sessions;
  private final ConsoleLimits limits;
  private final Jobs jobs;
  private final Map<String, RunningSql> running = new ConcurrentHashMap<>();

  SqlHandler(ConsoleSessions sessions, ConsoleLimits limits, Jobs jobs) {
    this.sessions = sessions;
    this.limits = limits;
    this.jobs = jobs;
  }

  void run(Request asked, Reply reply) throws ApiException, IOException, InterruptedException {
    SqlRequest request = SqlRequest.read(asked.body());
    List<PlacedStatement> statements = PlacedStatement.all(request.sql());
    if (statements.isEmpty()) {
      throw ApiException.badRequest("sql", "'sql' holds no statement");
    }
    String id = UUID.randomUUID().toString();
    var own = new RunningSql(asked.caller());
    try (var lease = sessions.lease(asked.caller(), request.session())) {
      running.put(id, own);
      reply.onGone(own::cancel);
      reply.start("text/event-stream; charset=utf-8");
      var events = new SqlEvents(reply);
      events.send(SqlEvents.event("started").put("id", id).put("statements", statements.size()));
      run(statements, lease, own, events);
    } catch (SQLException e) {
      // The session could not be opened.
      throw new ApiException(503, "server_error", e.getMessage(), null, null);
    } finally {
      running.remove(id);
    }
  }

  private void run(
      List<PlacedStatement> statements,
      ConsoleSessions.Lease lease,
      RunningSql own,
      SqlEvents events)
      throws IOException, InterruptedException {
    var cost = new JobStatistics(lease.connection().statistics());
    jobs.started();
    Jobs.State end = Jobs.State.FAILED;
    try {
      end = run(statements, lease, own, events, cost);
    } finally {
      QueryStatistics total = cost.total();
      jobs.rows(Jobs.RowState.COMPLETED, total.rows() - total.failedRows());
      jobs.rows(Jobs.RowState.FAILED, total.failedRows());
      jobs.ended(own.cancelled() ? Jobs.State.CANCELLED : end);
    }
  }

  private Jobs.State run(
      List<PlacedStatement> statements,
      ConsoleSessions.Lease lease,
      RunningSql own,
      SqlEvents events,
      JobStatistics cost)
      throws IOException, InterruptedException {
    for (int i = 0; i < statements.size() && !own.cancelled(); i++) {
      PlacedStatement statement = statements.get(i);
      events.send(SqlEvents.event("statement").put("index", i).put("line", statement.line()));
      try {
        new StatementRun(lease.connection(), own, events, limits).run(statement.sql());
      } catch (SQLException e) {
        if (!own.cancelled()) {
          ObjectNode error = SqlEvents.event("error").put("statement", i);
          statement.putError(error, e);
          events.send(error);
          return Jobs.State.FAILED;
        }
      }
      cost.add(lease.connection().statistics());
    }
    events.send(Counts.put(SqlEvents.event(own.cancelled() ? "cancelled" : "done"), cost.total()));
    return Jobs.State.COMPLETED;
  }

  /** {@code POST /quern/v1/sql/{id}/cancel}: the statements of one's own request. */
  void cancel(Request asked, Reply reply) throws ApiException, IOException, InterruptedException {
    RunningSql found = running.get(asked.parameters().get("id"));
    if (found == null || !found.caller().equals(asked.caller())) {
      throw new ApiException(
          404, "invalid_request_error", "no statement of this name runs", "id", null);
    }
    found.cancel();
    reply.send(202, JsonNodeFactory.instance.objectNode().put("cancelled", true));
  }
}
