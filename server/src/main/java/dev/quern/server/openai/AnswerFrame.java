package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.StopReason;
import java.util.List;
import java.util.Optional;

/**
 * What all pieces of an answer have in common.
 *
 * @param usageAtEnd whether a stream ends with the counts: its other pieces then say that they have
 *     none
 */
record AnswerFrame(ModelInfo model, AnswerId id, boolean usageAtEnd) {
  /** Digits of the model's fingerprint that name it. */
  private static final int FINGERPRINT = 16;

  /**
   * @param object OpenAI's name of the kind of answer
   */
  ObjectNode head(String object) {
    String fingerprint = model.fingerprint();
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id.id())
        .put("object", object)
        .put("created", id.created())
        .put("model", model.name())
        .put(
            "system_fingerprint",
            "fp_" + fingerprint.substring(0, Math.min(FINGERPRINT, fingerprint.length())));
  }

  /** A piece of a stream, without choices yet. */
  ObjectNode piece(String object) {
    ObjectNode piece = head(object);
    piece.putArray("choices");
    if (usageAtEnd) {
      piece.putNull("usage");
    }
    return piece;
  }

  static ArrayNode ids(List<Integer> ids) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode(ids.size());
    ids.forEach(array::add);
    return array;
  }

  /** Says which of the request's own stops ended the answer, as vLLM does. */
  static void putStop(ObjectNode choice, Event.Done done) {
    Optional<StopReason> stop = done.stop();
    if (stop.isEmpty()) {
      choice.putNull("stop_reason");
      return;
    }
    switch (stop.get()) {
      case StopReason.Text(String text) -> choice.put("stop_reason", text);
      case StopReason.Token(int token) -> choice.put("stop_reason", token);
    }
  }
}
