package dev.quern.server.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.sql.run.QueryStatistics;

/** What statements have done, as fields of an event. */
final class Counts {
  private Counts() {}

  /** Tokens a second are over the time without loading; shares are 0..1; absent: not known. */
  static ObjectNode put(ObjectNode event, QueryStatistics now) {
    double running = Math.max(1e-3, now.seconds() - now.loadSeconds());
    event
        .put("rows", now.rows())
        .put("distinctPrompts", now.distinctPrompts())
        .put("engineCalls", now.engineCalls())
        .put("failedRows", now.failedRows())
        .put("promptTokens", now.promptTokens())
        .put("cachedPromptTokens", now.cachedPromptTokens())
        .put("completionTokens", now.completionTokens())
        .put("seconds", now.seconds())
        .put("loadSeconds", now.loadSeconds())
        .put("promptTokensPerSecond", now.promptTokens() / running)
        .put("completionTokensPerSecond", now.completionTokens() / running);
    if (now.promptTokens() > 0) {
      event.put("cachedShare", (double) now.cachedPromptTokens() / now.promptTokens());
    }
    now.totalRows()
        .ifPresent(total -> {
          event.put("totalRows", total);
          if (now.rows() > 0) {
            event.put("secondsLeft", Math.max(0, total - now.rows()) * running / now.rows());
          }
        });
    return event;
  }
}
