package dev.quern.server.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.Reply;
import dev.quern.server.http.Request;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code POST /quern/v1/explain}: the plan of the statement at a place and what it is expected to
 * cost, before any token is spent.
 */
final class ExplainHandler {
  private static final Pattern EXPLAINS =
      Pattern.compile("EXPLAIN\\s+PLAN\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** {@code estimate of GENERATE(..): rows 5, prompt tokens 12, .., KV blocks 3 of 65536}. */
  private static final Pattern ESTIMATE =
      Pattern.compile("(estimate.*): (rows \\d+, distinct prompts .*)");

  private static final Pattern FIGURE = Pattern.compile("(.*?) (\\d.*)");

  private final ConsoleSessions sessions;

  ExplainHandler(ConsoleSessions sessions) {
    this.sessions = sessions;
  }

  void explain(Request asked, Reply reply) throws ApiException, IOException, InterruptedException {
    SqlRequest request = SqlRequest.read(asked.body());
    PlacedStatement statement = at(PlacedStatement.all(request.sql()), request.at());
    try (var lease = sessions.lease(asked.caller(), request.session());
        Statement jdbc = lease.connection().createStatement()) {
      var running = new RunningSql(asked.caller());
      running.begin(jdbc);
      reply.onGone(running::cancel);
      try (ResultSet rows = jdbc.executeQuery(explained(statement))) {
        reply.send(200, answer(rows, statement));
      } finally {
        running.end();
      }
    } catch (SQLException e) {
      ObjectNode root = JsonNodeFactory.instance.objectNode();
      ObjectNode error = root.putObject("error").put("type", "invalid_request_error");
      placed(statement).putError(error, e);
      reply.send(400, root);
    }
  }

  private static PlacedStatement at(List<PlacedStatement> statements, int at) throws ApiException {
    if (statements.isEmpty()) {
      throw ApiException.badRequest("sql", "'sql' holds no statement");
    }
    PlacedStatement found = statements.getFirst();
    for (PlacedStatement s : statements) {
      found = s.start() <= at ? s : found;
    }
    return found;
  }

  /** The words before the statement stand on a line of their own: columns stay what they are. */
  private static String explained(PlacedStatement s) {
    return EXPLAINS.matcher(s.sql()).matches()
        ? s.sql()
        : "EXPLAIN PLAN FOR\n" + " ".repeat(s.column() - 1) + s.sql();
  }

  private static PlacedStatement placed(PlacedStatement s) {
    return EXPLAINS.matcher(s.sql()).matches()
        ? s
        : new PlacedStatement(s.sql(), s.start(), s.line() - 1, 1);
  }

  private static ObjectNode answer(ResultSet rows, PlacedStatement statement) throws SQLException {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("line", statement.line());
    ArrayNode estimates = answer.putArray("estimates");
    ArrayNode notes = answer.putArray("notes");
    var plan = new StringBuilder();
    while (rows.next()) {
      String line = rows.getString(1);
      Matcher estimate = ESTIMATE.matcher(line);
      if (estimate.matches()) {
        ObjectNode figures = estimates.addObject().put("name", estimate.group(1));
        figures(figures.putArray("figures"), estimate.group(2));
      } else if (line.startsWith("estimate: ")) {
        notes.add(line.substring("estimate: ".length()));
      } else {
        plan.append(line).append('\n');
      }
    }
    return answer.put("plan", plan.toString().stripTrailing());
  }

  private static void figures(ArrayNode figures, String text) {
    for (String part : text.split(", ")) {
      Matcher figure = FIGURE.matcher(part);
      if (figure.matches()) {
        figures.addObject().put("label", figure.group(1)).put("value", figure.group(2));
      }
    }
  }
}
