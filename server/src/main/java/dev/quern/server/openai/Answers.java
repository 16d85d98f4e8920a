package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.Event;
import java.util.List;

/** Makes the JSON of one request's answer out of its rows' events. */
public interface Answers {
  /**
   * Takes the next event; not one of a row that failed.
   *
   * @param row of the request's own rows: in a batch of several requests not the event's
   * @return the pieces that a stream sends now; for a whole answer none
   */
  List<ObjectNode> take(int row, Event event);

  /** What a stream that asked for it ends with: no choices, the counts. After the last event. */
  ObjectNode usage();

  /** The whole answer. After the last event. */
  ObjectNode whole();
}
