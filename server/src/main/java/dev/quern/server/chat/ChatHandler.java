package dev.quern.server.chat;

import dev.quern.executor.device.DeviceException;
import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.PromptRow;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;

/**
 * Carries chat requests out. A client that goes away is noticed when something is written to it;
 * its row is then cancelled.
 */
final class ChatHandler {
  /** Online requests run before batch rows. */
  private static final int PRIORITY = 1;

  /**
   * A whole answer sends a blank this often while it grows: JSON allows it, and a lost client
   * shows.
   */
  private static final long SIGN_OF_LIFE_NANOS = 1_000_000_000L;

  private final GenerateEngine engine;
  private final ChatRequestReader reader;
  private final InstantSource clock;

  ChatHandler(GenerateEngine engine, SamplingDefaults defaults, InstantSource clock) {
    this.engine = engine;
    this.reader = new ChatRequestReader(engine.model(), defaults);
    this.clock = clock;
  }

  void handle(byte[] body, Reply reply) throws ApiException, IOException, InterruptedException {
    ChatRequest request = reader.read(body);
    var row = new PromptRow(new Prompt.Chat(request.messages()), request.options(), PRIORITY);
    var answers =
        new ChatAnswers(
            engine.model(), "chatcmpl-" + UUID.randomUUID(), clock.instant().getEpochSecond());
    // Closing cancels what has not ended: after a lost client, the row.
    try (Completions events = engine.submit(new PromptBatch(List.of(), List.of(row), true))) {
      if (request.stream()) {
        stream(events, reply, answers, request.includeUsage());
      } else {
        whole(events, reply, answers);
      }
    } catch (EngineException | DeviceException e) {
      throw new ApiException(
          503, "server_error", "the engine failed: " + e.getMessage(), null, null);
    }
  }

  private static void stream(
      Completions events, Reply reply, ChatAnswers answers, boolean includeUsage)
      throws ApiException, IOException, InterruptedException {
    for (Event event = events.next(); event != null; event = events.next()) {
      // A prompt that cannot run ends before any text: it still gets a status of its own.
      if (!reply.started() && !isError(event)) {
        reply.start("text/event-stream; charset=utf-8");
        reply.event(answers.roleChunk().toString());
      }
      switch (event) {
        case Event.Prompted _ -> {}
        case Event.Delta delta -> reply.event(answers.textChunk(delta.text()).toString());
        case Event.Done done -> {
          failOnError(done);
          reply.event(answers.lastChunk(done.reason()).toString());
          if (includeUsage) {
            reply.event(answers.usageChunk(done.usage()).toString());
          }
          reply.event("[DONE]");
          return;
        }
      }
    }
  }

  private static void whole(Completions events, Reply reply, ChatAnswers answers)
      throws ApiException, IOException, InterruptedException {
    var text = new StringBuilder();
    long last = System.nanoTime();
    for (Event event = events.next(); event != null; event = events.next()) {
      switch (event) {
        case Event.Prompted _ -> {}
        case Event.Delta delta -> {
          text.append(delta.text());
          if (System.nanoTime() - last > SIGN_OF_LIFE_NANOS) {
            if (!reply.started()) {
              reply.start("application/json");
            }
            reply.write(" ");
            last = System.nanoTime();
          }
        }
        case Event.Done done -> {
          failOnError(done);
          var answer = answers.completion(text.toString(), done.reason(), done.usage());
          if (reply.started()) {
            reply.write(answer.toString());
          } else {
            reply.send(200, answer);
          }
          return;
        }
      }
    }
  }

  private static boolean isError(Event event) {
    return event instanceof Event.Done done && done.reason() == FinishReason.ERROR;
  }

  private static void failOnError(Event.Done done) throws ApiException {
    if (done.error().isPresent()) {
      throw ApiException.badRequest("messages", done.error().get());
    }
    if (done.reason() == FinishReason.CANCELLED) {
      throw new ApiException(503, "server_error", "the server is shutting down", null, null);
    }
  }
}
