package dev.quern.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptRow;
import dev.quern.server.batches.BatchCall;
import dev.quern.server.batches.BatchEndpoint;
import dev.quern.server.http.ApiException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;

/** Chat requests that come in a batch. */
public final class ChatBatchEndpoint implements BatchEndpoint {
  private final ModelInfo model;
  private final ChatRequestReader reader;
  private final InstantSource clock;

  public ChatBatchEndpoint(ModelInfo model, SamplingDefaults defaults, InstantSource clock) {
    this.model = model;
    this.reader = new ChatRequestReader(model, defaults);
    this.clock = clock;
  }

  @Override
  public String path() {
    return "/v1/chat/completions";
  }

  @Override
  public BatchCall read(JsonNode body, int priority) throws ApiException {
    ChatRequest request = reader.read(body.toString().getBytes(StandardCharsets.UTF_8));
    if (request.stream()) {
      throw ApiException.badRequest("stream", "a request in a batch cannot be streamed");
    }
    var row = new PromptRow(new Prompt.Chat(request.messages()), request.options(), priority);
    return new BatchCall() {
      @Override
      public List<PromptRow> rows() {
        return List.of(row);
      }

      @Override
      public ObjectNode answer(List<List<Event>> events) throws ApiException {
        return completion(events.getFirst());
      }
    };
  }

  private ObjectNode completion(List<Event> events) throws ApiException {
    var text = new StringBuilder();
    for (Event event : events) {
      switch (event) {
        case Event.Delta delta -> text.append(delta.text());
        case Event.Done done -> {
          if (done.error().isPresent()) {
            throw ApiException.badRequest("messages", done.error().get());
          }
          var answers =
              new ChatAnswers(
                  model, "chatcmpl-" + UUID.randomUUID(), clock.instant().getEpochSecond());
          return answers.completion(text.toString(), done.reason(), done.usage());
        }
      }
    }
    throw new IllegalStateException("a row's last event is its Done");
  }
}
