package dev.quern.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.ScriptedEngine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the fields of a request make of its answer; the engine says what it is asked. */
class AnswersTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String COMPLETIONS = "/v1/completions";
  private static final String ASK =
      "\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]";

  private OpenServer server;

  @BeforeEach
  void start() throws Exception {
    server = OpenServer.start(ScriptedEngine.answering(text -> "one two three"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void chatWithSeveralChoicesCountsItsPromptOnce() throws Exception {
    JsonNode answer = server.ask(CHAT, "{" + ASK + ",\"n\":3}");
    assertEquals(3, answer.path("choices").size());
    for (int i = 0; i < 3; i++) {
      assertEquals(i, answer.at("/choices/" + i + "/index").asInt());
      assertEquals("one two three", answer.at("/choices/" + i + "/message/content").asText());
    }
    JsonNode one = server.ask(CHAT, "{" + ASK + "}");
    assertEquals(one.at("/usage/prompt_tokens"), answer.at("/usage/prompt_tokens"));
    assertEquals(9, answer.at("/usage/completion_tokens").asInt());
  }

  @Test
  void chatLogprobsAreTheSameWholeAndStreamed() throws Exception {
    String body = "{" + ASK + ",\"logprobs\":true,\"top_logprobs\":2,\"return_token_ids\":true";
    JsonNode whole = server.ask(CHAT, body + "}");
    JsonNode content = whole.at("/choices/0/logprobs/content");
    assertEquals(3, content.size());
    assertEquals("one", content.at("/0/token").asText());
    assertEquals(-0.25, content.at("/0/logprob").asDouble());
    assertEquals(List.of(111, 110, 101), ints(content.at("/0/bytes")));
    assertEquals(2, content.at("/0/top_logprobs").size());
    assertEquals("on", content.at("/0/top_logprobs/1/token").asText());
    assertTrue(whole.at("/choices/0/logprobs/refusal").isNull());
    assertEquals(3, whole.at("/choices/0/token_ids").size());
    assertFalse(whole.path("prompt_token_ids").isEmpty());

    List<JsonNode> streamed = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    List<JsonNode> pieces = server.stream(CHAT, body + ",\"stream\":true}");
    for (JsonNode piece : pieces) {
      piece.at("/choices/0/logprobs/content").forEach(streamed::add);
      ids.addAll(ints(piece.at("/choices/0/token_ids")));
    }
    List<JsonNode> expected = new ArrayList<>();
    content.forEach(expected::add);
    assertEquals(expected, streamed);
    assertEquals(ints(whole.at("/choices/0/token_ids")), ids);
    assertEquals(whole.path("prompt_token_ids"), pieces.getFirst().path("prompt_token_ids"));
  }

  @Test
  void streamOfSeveralChoicesNamesThem() throws Exception {
    var texts = new StringBuilder[] {new StringBuilder(), new StringBuilder()};
    int roles = 0;
    int ends = 0;
    for (JsonNode piece : server.stream(CHAT, "{" + ASK + ",\"n\":2,\"stream\":true}")) {
      assertEquals("chat.completion.chunk", piece.path("object").asText());
      assertFalse(piece.has("usage"), "nobody asked");
      JsonNode choice = piece.at("/choices/0");
      roles += choice.path("delta").has("role") ? 1 : 0;
      ends += choice.path("finish_reason").isTextual() ? 1 : 0;
      texts[choice.path("index").asInt()].append(choice.at("/delta/content").asText());
    }
    assertEquals(2, roles);
    assertEquals(2, ends);
    assertEquals("one two three", texts[0].toString());
    assertEquals("one two three", texts[1].toString());
  }

  @Test
  void streamThatAsksForUsageSaysNullUntilTheEnd() throws Exception {
    List<JsonNode> pieces =
        server.stream(
            COMPLETIONS,
            "{\"prompt\":\"a b\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    JsonNode last = pieces.removeLast();
    assertEquals(0, last.path("choices").size());
    assertEquals(2, last.at("/usage/prompt_tokens").asInt());
    for (JsonNode piece : pieces) {
      assertTrue(piece.has("usage") && piece.path("usage").isNull(), piece.toString());
    }
  }

  @Test
  void completionsTakeTextsAndTokens() throws Exception {
    JsonNode one = server.ask(COMPLETIONS, "{\"prompt\":\"a b\",\"max_tokens\":2}");
    assertEquals("text_completion", one.path("object").asText());
    assertEquals("one two", one.at("/choices/0/text").asText());
    assertEquals("length", one.at("/choices/0/finish_reason").asText());

    JsonNode list = server.ask(COMPLETIONS, "{\"prompt\":[\"a b\",\"c\"],\"n\":2}");
    assertEquals(4, list.path("choices").size());
    assertEquals(3, list.at("/usage/prompt_tokens").asInt());

    assertEquals(
        3, server.ask(COMPLETIONS, "{\"prompt\":[5,6,7]}").at("/usage/prompt_tokens").asInt());
    JsonNode both = server.ask(COMPLETIONS, "{\"prompt\":[[5,6],[7]]}");
    assertEquals(2, both.path("choices").size());
  }

  @Test
  void echoBeginsWithThePrompt() throws Exception {
    assertEquals(
        "a b cone two three",
        server
            .ask(COMPLETIONS, "{\"prompt\":\"a b c\",\"echo\":true}")
            .at("/choices/0/text")
            .asText());
    var text = new StringBuilder();
    server.stream(COMPLETIONS, "{\"prompt\":\"a b c\",\"echo\":true,\"stream\":true}")
        .forEach(piece -> text.append(piece.at("/choices/0/text").asText()));
    assertEquals("a b cone two three", text.toString());
  }

  @Test
  void promptIsScoredWithoutAnAnswer() throws Exception {
    JsonNode answer =
        server.ask(
            COMPLETIONS, "{\"prompt\":\"a b c\",\"echo\":true,\"max_tokens\":0,\"logprobs\":1}");
    assertEquals(0, answer.at("/usage/completion_tokens").asInt());
    JsonNode choice = answer.at("/choices/0");
    assertFalse(choice.has("stop_reason"));
    assertEquals("a b c", choice.path("text").asText());
    JsonNode logprobs = choice.path("logprobs");
    assertEquals("[\"a\",\" b\",\" c\"]", logprobs.path("tokens").toString());
    assertEquals("[null,-0.5,-0.75]", logprobs.path("token_logprobs").toString());
    assertEquals("[0,1,3]", logprobs.path("text_offset").toString());
    assertTrue(logprobs.at("/top_logprobs/0").isNull());
    assertEquals(-0.5, logprobs.at("/top_logprobs/1/ b").asDouble());
  }

  @Test
  void completionLogprobsGoOnBehindTheEcho() throws Exception {
    String body = "{\"prompt\":\"a b\",\"echo\":true,\"logprobs\":0";
    JsonNode logprobs = server.ask(COMPLETIONS, body + "}").at("/choices/0/logprobs");
    assertEquals(5, logprobs.path("tokens").size());
    assertEquals("[0,1,3,6,10]", logprobs.path("text_offset").toString());
    List<Integer> offsets = new ArrayList<>();
    server.stream(COMPLETIONS, body + ",\"stream\":true}")
        .forEach(piece -> offsets.addAll(ints(piece.at("/choices/0/logprobs/text_offset"))));
    assertEquals(List.of(0, 1, 3, 6, 10), offsets);
  }

  @Test
  void completionsRefuseByName() throws Exception {
    for (String[] bad :
        new String[][] {
          {"{}", "prompt"},
          {"{\"prompt\":7}", "prompt"},
          {"{\"prompt\":[]}", "prompt"},
          {"{\"prompt\":[[]]}", "prompt[0]"},
          {"{\"prompt\":[\"a\",1]}", "prompt[1]"},
          {"{\"prompt\":[1,\"a\"]}", "prompt"},
          {"{\"prompt\":\"a\",\"suffix\":\"b\"}", "suffix"},
          {"{\"prompt\":\"a\",\"best_of\":2}", "best_of"},
          {"{\"prompt\":\"a\",\"max_tokens\":0}", "max_tokens"},
          {"{\"prompt\":\"a\",\"logprobs\":true}", "logprobs"},
          {"{\"prompt\":\"a\",\"messages\":[]}", "messages"}
        }) {
      var response = server.post(COMPLETIONS, bad[0]);
      assertEquals(400, response.statusCode(), bad[0]);
      assertTrue(response.body().contains("\"param\":\"" + bad[1] + "\""), response.body());
    }
  }

  private static List<Integer> ints(JsonNode array) {
    List<Integer> ints = new ArrayList<>();
    array.forEach(each -> ints.add(each.asInt()));
    return ints;
  }
}
