package dev.quern.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.ModelInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers of models that think and that call tools, as clients see them. */
class ThinkingAndToolsTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String ASK = "\"messages\":[{\"role\":\"user\",\"content\":\"Weather?\"}]";
  private static final String TOOLS =
      ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}]";
  private static final ModelInfo BOTH =
      new ModelInfo("both", "both-1", 100, true, true, true, true);
  private static final String[] PIECES = {
    "<thi",
    "nk>\nLet me see",
    ".\n</think>\n<response>\nOne moment.",
    "\n</respon",
    "se>",
    "\n<tool_call>\n{\"name\": \"weather\", \"argu",
    "ments\": {\"city\": \"Par",
    "is\"}}\n</tool_call>\n"
  };

  @Test
  void wholeAnswerHasReasoningContentAndCalls() throws Exception {
    try (var server = OpenServer.start(WordByWordEngine.of(BOTH, PIECES))) {
      JsonNode choice = server.ask(CHAT, "{" + ASK + TOOLS + "}").at("/choices/0");
      JsonNode message = choice.path("message");
      assertEquals("Let me see.", message.path("reasoning_content").asText().strip());
      assertEquals("One moment.", message.path("content").asText().strip());
      assertEquals("weather", message.at("/tool_calls/0/function/name").asText());
      assertEquals(
          "{\"city\": \"Paris\"}", message.at("/tool_calls/0/function/arguments").asText());
      assertTrue(message.at("/tool_calls/0/id").asText().startsWith("call_"));
      assertEquals("tool_calls", choice.path("finish_reason").asText());
    }
  }

  @Test
  void streamTellsThemApart() throws Exception {
    try (var server = OpenServer.start(WordByWordEngine.of(BOTH, PIECES))) {
      List<JsonNode> pieces = server.stream(CHAT, "{" + ASK + TOOLS + ",\"stream\":true}");
      var reasoning = new StringBuilder();
      var content = new StringBuilder();
      var arguments = new StringBuilder();
      for (JsonNode piece : pieces) {
        JsonNode delta = piece.at("/choices/0/delta");
        reasoning.append(delta.path("reasoning_content").asText(""));
        content.append(delta.path("content").asText(""));
        arguments.append(delta.at("/tool_calls/0/function/arguments").asText(""));
      }
      assertEquals("Let me see.", reasoning.toString().strip());
      assertEquals("One moment.", content.toString().strip());
      assertEquals("{\"city\": \"Paris\"}", arguments.toString());
      assertEquals("tool_calls", pieces.getLast().at("/choices/0/finish_reason").asText());
      assertEquals(
          1,
          pieces.stream()
              .filter(p -> p.at("/choices/0/delta/tool_calls/0/id").isTextual())
              .count());
    }
  }

  @Test
  void tagsOfAModelThatDoesNotThinkAreContent() throws Exception {
    try (var server = OpenServer.start(WordByWordEngine.saying(PIECES))) {
      JsonNode message = server.ask(CHAT, "{" + ASK + "}").at("/choices/0/message");
      assertEquals(String.join("", PIECES), message.path("content").asText());
      assertFalse(message.has("reasoning_content"));
      assertFalse(message.has("tool_calls"));
    }
  }
}
