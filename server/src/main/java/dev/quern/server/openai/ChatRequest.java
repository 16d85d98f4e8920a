package dev.quern.server.openai;

import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.Message;
import java.util.List;

/**
 * A request to {@code /v1/chat/completions}.
 *
 * @param stream whether the answer comes in pieces, as server-sent events
 * @param includeUsage whether a stream ends with the token counts
 */
record ChatRequest(
    List<Message> messages, GenerateOptions options, boolean stream, boolean includeUsage) {
  ChatRequest {
    messages = List.copyOf(messages);
  }
}
