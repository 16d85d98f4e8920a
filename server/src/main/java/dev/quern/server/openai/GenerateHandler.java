package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.device.DeviceException;
import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.Handler;
import dev.quern.server.http.Reply;
import dev.quern.server.http.Request;
import dev.quern.server.metrics.Meters;
import dev.quern.server.metrics.RequestKind;
import java.io.IOException;
import java.util.List;

/** Runs requests of one path, each at once. A client that goes away cancels its rows. */
record GenerateHandler(
    GenerateEngine engine, RequestReader reader, RowLimit limit, Meters meters, RequestKind kind)
    implements Handler {
  /** Online requests run before batch rows. */
  private static final int PRIORITY = 1;

  @Override
  public void handle(Request asked, Reply reply)
      throws ApiException, IOException, InterruptedException {
    EngineRequest request = reader.read(asked.body(), PRIORITY);
    limit.enter(request.rows().size());
    try {
      run(request, reply);
    } finally {
      limit.leave(request.rows().size());
    }
  }

  private void run(EngineRequest request, Reply reply)
      throws ApiException, IOException, InterruptedException {
    boolean stream = request.stream().stream();
    // Closing cancels what has not ended: after a lost client, all.
    try (var metered = meters.request(kind);
        Completions events = engine.submit(new PromptBatch(List.of(), request.rows(), stream))) {
      reply.onGone(events::close);
      int left = request.rows().size();
      while (left > 0) {
        Event event = events.next();
        if (event == null) {
          throw shuttingDown();
        }
        if (event instanceof Event.Done done) {
          left--;
          metered.done(done.reason(), done.usage());
          failOnError(done, request.promptField());
        } else if (stream && event instanceof Event.Delta) {
          metered.tokens();
        }
        List<ObjectNode> pieces = request.answers().take(event.row(), event);
        if (stream) {
          send(pieces, reply);
        }
      }
      if (stream) {
        if (request.stream().includeUsage()) {
          send(List.of(request.answers().usage()), reply);
        }
        reply.lastEvent("[DONE]");
      } else {
        reply.send(200, request.answers().whole());
      }
    } catch (EngineException | DeviceException e) {
      throw new ApiException(
          503, "server_error", "the engine failed: " + e.getMessage(), null, null);
    }
  }

  /** A prompt that cannot run ends before any piece, and still gets a status of its own. */
  private static void send(List<ObjectNode> pieces, Reply reply)
      throws IOException, InterruptedException {
    if (pieces.isEmpty()) {
      return;
    }
    if (!reply.started()) {
      reply.start("text/event-stream; charset=utf-8");
    }
    var events = new StringBuilder();
    for (ObjectNode piece : pieces) {
      events.append("data: ").append(piece).append("\n\n");
    }
    reply.write(events.toString());
  }

  /**
   * @throws ApiException what a row's failure is to the client
   */
  static void failOnError(Event.Done done, String promptField) throws ApiException {
    if (done.error().isPresent()) {
      throw ApiException.badRequest(promptField, done.error().get());
    }
    if (done.reason() == FinishReason.CANCELLED) {
      throw shuttingDown();
    }
  }

  private static ApiException shuttingDown() {
    return new ApiException(503, "server_error", "the server is shutting down", null, null)
        .withHeader("Retry-After", "10");
  }
}
