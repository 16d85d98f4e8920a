package dev.quern.server.batches;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.PromptRow;
import dev.quern.server.http.ApiException;
import java.util.List;

/** One request of a batch: what it asks of the engine, and how the answer is told. */
public interface BatchCall {
  /** At least one row; several where a request asks for several answers. */
  List<PromptRow> rows();

  /**
   * The endpoint's answer, never in pieces.
   *
   * @param events the events of each of {@link #rows()}: at most one Delta, with the whole text,
   *     and a Done whose reason is not CANCELLED
   * @throws ApiException when the request could not run
   */
  ObjectNode answer(List<List<Event>> events) throws ApiException;
}
