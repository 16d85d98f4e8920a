package dev.quern.server.openai;

import dev.quern.executor.engine.PromptRow;
import java.util.List;

/**
 * A request as rows of the engine.
 *
 * @param rows one for each choice
 * @param promptField the field that holds the prompt, to be named when it cannot run
 * @param stream whether the answer is sent in pieces, and whether they end with the counts
 * @param answers takes the rows' events
 */
public record EngineRequest(
    List<PromptRow> rows, String promptField, StreamFields stream, Answers answers) {
  public EngineRequest {
    rows = List.copyOf(rows);
  }
}
