package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.PositionLogprobs;
import dev.quern.executor.engine.TokenLogprob;
import java.util.List;
import java.util.Optional;

/** Log-probabilities in the shape of completions: columns, not objects. */
final class CompletionLogprobs {
  private CompletionLogprobs() {}

  /**
   * @param unscored text of a first token that has no log-probability
   * @param offset characters in front of the first token
   */
  static ObjectNode json(Optional<String> unscored, List<PositionLogprobs> positions, int offset) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode tokens = node.putArray("tokens");
    ArrayNode logprobs = node.putArray("token_logprobs");
    ArrayNode tops = node.putArray("top_logprobs");
    ArrayNode offsets = node.putArray("text_offset");
    int at = offset;
    if (unscored.isPresent()) {
      tokens.add(unscored.get());
      logprobs.addNull();
      tops.addNull();
      offsets.add(at);
      at += characters(unscored.get());
    }
    for (PositionLogprobs position : positions) {
      TokenLogprob token = position.token();
      tokens.add(token.text());
      logprobs.add(token.logprob());
      ObjectNode top = tops.addObject();
      position.top().forEach(other -> top.put(other.text(), other.logprob()));
      // The token that stands there is always told, as OpenAI does.
      top.put(token.text(), token.logprob());
      offsets.add(at);
      at += characters(token.text());
    }
    return node;
  }

  static int characters(String text) {
    return text.codePointCount(0, text.length());
  }
}
