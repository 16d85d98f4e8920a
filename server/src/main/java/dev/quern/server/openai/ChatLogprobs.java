package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.PositionLogprobs;
import dev.quern.executor.engine.TokenLogprob;
import java.util.List;

/** Log-probabilities in the shape of chats. */
final class ChatLogprobs {
  private ChatLogprobs() {}

  static ObjectNode json(List<PositionLogprobs> positions) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode content = node.putArray("content");
    for (PositionLogprobs position : positions) {
      ObjectNode token = token(position.token());
      ArrayNode top = token.putArray("top_logprobs");
      position.top().forEach(other -> top.add(token(other)));
      content.add(token);
    }
    node.putNull("refusal");
    return node;
  }

  private static ObjectNode token(TokenLogprob token) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("token", token.text())
            .put("logprob", token.logprob());
    node.set("bytes", AnswerFrame.ids(token.bytes()));
    return node;
  }
}
