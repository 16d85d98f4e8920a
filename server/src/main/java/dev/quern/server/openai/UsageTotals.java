package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.Usage;

/**
 * Counts over the rows of a request. A prompt with several choices counts once, as in OpenAI's
 * usage: the first row's.
 */
final class UsageTotals {
  private final int choicesOfPrompt;
  private int promptTokens;
  private int cachedTokens;
  private int completionTokens;

  /**
   * @param choicesOfPrompt rows with one prompt; they follow one another
   */
  UsageTotals(int choicesOfPrompt) {
    this.choicesOfPrompt = choicesOfPrompt;
  }

  /**
   * @param shown whether the client gets the answer
   */
  void add(int row, Usage usage, boolean shown) {
    if (row % choicesOfPrompt == 0) {
      promptTokens += usage.promptTokens();
      cachedTokens += usage.cachedTokens();
    }
    completionTokens += shown ? usage.completionTokens() : 0;
  }

  ObjectNode json() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("prompt_tokens", promptTokens)
            .put("completion_tokens", completionTokens)
            .put("total_tokens", promptTokens + completionTokens);
    node.putObject("prompt_tokens_details").put("cached_tokens", cachedTokens);
    return node;
  }
}
