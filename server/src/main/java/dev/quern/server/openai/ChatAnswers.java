package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.Usage;

/**
 * The JSON of one chat's answer, whole or in pieces.
 *
 * @param id the answer's name
 * @param created seconds since 1970
 */
record ChatAnswers(ModelInfo model, String id, long created) {

  ObjectNode completion(String text, FinishReason reason, Usage usage) {
    ObjectNode answer = head("chat.completion");
    ObjectNode choice = choice(answer);
    choice.putObject("message").put("role", "assistant").put("content", text).putNull("refusal");
    choice.putNull("logprobs").put("finish_reason", reason.label());
    answer.set("usage", usage(usage));
    return answer;
  }

  /** The first piece: who speaks. */
  ObjectNode roleChunk() {
    ObjectNode chunk = head("chat.completion.chunk");
    ObjectNode choice = choice(chunk);
    choice.putObject("delta").put("role", "assistant").put("content", "");
    choice.putNull("finish_reason");
    return chunk;
  }

  ObjectNode textChunk(String text) {
    ObjectNode chunk = head("chat.completion.chunk");
    ObjectNode choice = choice(chunk);
    choice.putObject("delta").put("content", text);
    choice.putNull("finish_reason");
    return chunk;
  }

  ObjectNode lastChunk(FinishReason reason) {
    ObjectNode chunk = head("chat.completion.chunk");
    ObjectNode choice = choice(chunk);
    choice.putObject("delta");
    choice.put("finish_reason", reason.label());
    return chunk;
  }

  /** Sent after the last piece where the request asked for it: no choices, the counts. */
  ObjectNode usageChunk(Usage usage) {
    ObjectNode chunk = head("chat.completion.chunk");
    chunk.putArray("choices");
    chunk.set("usage", usage(usage));
    return chunk;
  }

  private ObjectNode head(String object) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", model.name());
  }

  private static ObjectNode choice(ObjectNode answer) {
    return answer.putArray("choices").addObject().put("index", 0);
  }

  private static ObjectNode usage(Usage usage) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("prompt_tokens", usage.promptTokens())
            .put("completion_tokens", usage.completionTokens())
            .put("total_tokens", usage.promptTokens() + usage.completionTokens());
    node.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedTokens());
    return node;
  }
}
