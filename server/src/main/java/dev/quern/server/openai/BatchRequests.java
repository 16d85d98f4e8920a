package dev.quern.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.PromptRow;
import dev.quern.server.batches.BatchCall;
import dev.quern.server.batches.BatchEndpoint;
import dev.quern.server.http.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Requests of one path that come in a batch. */
record BatchRequests(String path, RequestReader reader) implements BatchEndpoint {

  @Override
  public BatchCall read(JsonNode body, int priority) throws ApiException {
    EngineRequest request = reader.read(body.toString().getBytes(StandardCharsets.UTF_8), priority);
    if (request.stream().stream()) {
      throw ApiException.badRequest("stream", "a request in a batch cannot be streamed");
    }
    return new Call(request);
  }

  private record Call(EngineRequest request) implements BatchCall {
    @Override
    public List<PromptRow> rows() {
      return request.rows();
    }

    @Override
    public ObjectNode answer(List<List<Event>> events) throws ApiException {
      for (int row = 0; row < events.size(); row++) {
        for (Event event : events.get(row)) {
          if (event instanceof Event.Done done) {
            GenerateHandler.failOnError(done, request.promptField());
          }
          request.answers().take(row, event);
        }
      }
      return request.answers().whole();
    }
  }
}
