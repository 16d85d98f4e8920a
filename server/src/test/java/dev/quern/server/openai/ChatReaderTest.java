package dev.quern.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.Sampling;
import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.Message;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptPart;
import dev.quern.server.http.ApiException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatReaderTest {
  private static final String HELLO =
      "\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]";

  private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

  private static final ModelInfo WITH_TOOLS =
      new ModelInfo("words", "words-1", 100, true, true, true, false);

  private static final String TOOLS =
      """
      "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]\
      """;

  private static final Sampling USUAL = new Sampling(0.5, 0.9, 40, 0.1, 1.2, 0.3, 0.4);

  private final ChatReader reader =
      new ChatReader(
          WordByWordEngine.saying(), new SamplingDefaults(USUAL, OptionalInt.empty()), CLOCK);

  @Test
  void silentRequestTakesTheCheckpointsSamplingAndTheContext() throws ApiException {
    EngineRequest request = read("{" + HELLO + "}");
    assertEquals(
        List.of(new Message("user", List.of(PromptPart.value("Hello")))), messages(request));
    GenerateOptions options = request.rows().getFirst().options();
    assertEquals(100, options.maxTokens());
    assertEquals(USUAL, options.sampling());
    assertFalse(request.stream().stream());
    assertNotEquals(
        options.seed(), read("{" + HELLO + "}").rows().getFirst().options().seed(), "drawn anew");
  }

  @Test
  void checkpointsMaxNewTokensIsTheDefault() throws ApiException {
    var short7 =
        new ChatReader(
            WordByWordEngine.saying(),
            new SamplingDefaults(Sampling.GREEDY, OptionalInt.of(7)),
            CLOCK);
    var row =
        short7.read(("{" + HELLO + "}").getBytes(StandardCharsets.UTF_8), 1).rows().getFirst();
    assertEquals(7, row.options().maxTokens());
  }

  @Test
  void givenFieldsAreTaken() throws ApiException {
    EngineRequest request =
        read(
            """
            {"model": "words", "messages": [
              {"role": "developer", "content": "Be brief."},
              {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
              {"role": "assistant", "content": "c", "refusal": null, "annotations": []},
              {"role": "user", "content": "d"}],
             "max_tokens": 9, "max_completion_tokens": 5, "min_tokens": 2, "temperature": 0, "top_p": 1, "seed": -3,
             "top_k": -1, "min_p": 0.2, "repetition_penalty": 1.5,
             "stop": ["x", "y"], "stop_token_ids": [3, 4], "presence_penalty": 0.5, "frequency_penalty": -0.5, "n": 2,
             "logit_bias": {"5": -100, "6": 1.5}, "bad_words": ["foo"],
             "stream": true, "stream_options": {"include_usage": true}, "user": "me", "metadata": {"a": "b"},
             "logprobs": true, "top_logprobs": 3, "response_format": {"type": "text"}, "tools": null,
             "chat_template_kwargs": {"enable_thinking": false, "depth": [1, "a"]}, "return_token_ids": true}\
            """);
    List<Message> messages = messages(request);
    assertEquals("system", messages.getFirst().role());
    assertEquals(List.of(PromptPart.value("a"), PromptPart.value("b")), messages.get(1).content());
    GenerateOptions options = request.rows().getFirst().options();
    assertEquals(5, options.maxTokens());
    assertEquals(2, options.minTokens());
    assertEquals(new Sampling(0, 1, 0, 0.2, 1.5, 0.5, -0.5), options.sampling());
    assertEquals(OptionalLong.of(-3), options.seed());
    assertEquals(List.of("x", "y"), options.stop());
    assertEquals(List.of(3, 4), options.stopTokenIds());
    assertEquals(Map.of(5, -100.0, 6, 1.5), options.rules().bias());
    assertEquals(List.of("foo"), options.rules().badWords());
    assertEquals(OptionalInt.of(3), options.report().logprobs());
    assertTrue(options.report().promptIds());
    assertTrue(request.stream().stream() && request.stream().includeUsage());
    assertEquals(2, request.rows().size());
    assertEquals(OptionalLong.of(-2), request.rows().get(1).options().seed());
    assertEquals(
        Map.of("enable_thinking", false, "depth", List.of(1L, "a")),
        ((Prompt.Chat) request.rows().getFirst().prompt()).templateArguments());
  }

  @Test
  void toolsGoToATemplateThatHasAPlaceForThem() throws ApiException {
    var tools = new ChatReader(WordByWordEngine.of(WITH_TOOLS), SamplingDefaults.GREEDY, CLOCK);
    String used =
        """
        "messages": [{"role": "user", "content": "x"},
          {"role": "assistant", "content": null, "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\\"a\\": 1}"}}]},
          {"role": "tool", "tool_call_id": "c1", "content": "42"}]\
        """;
    var request = tools.read(("{" + used + "," + TOOLS + "}").getBytes(StandardCharsets.UTF_8), 1);
    var chat = (Prompt.Chat) request.rows().getFirst().prompt();
    assertEquals(1, chat.tools().size());
    assertEquals(
        Map.of("name", "f", "arguments", Map.of("a", 1L)),
        ((Map<?, ?>) chat.messages().get(1).toolCalls().getFirst()).get("function"));
    assertEquals(Optional.of("c1"), chat.messages().get(2).toolCallId());
    var none =
        tools.read(
            ("{" + HELLO + "," + TOOLS + ", \"tool_choice\": \"none\"}")
                .getBytes(StandardCharsets.UTF_8),
            1);
    assertEquals(List.of(), ((Prompt.Chat) none.rows().getFirst().prompt()).tools());
    var e = assertThrows(ApiException.class, () -> read("{" + HELLO + "," + TOOLS + "}"));
    assertEquals("tools", e.parameter());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "\"n\": 0 | n | 400",
        "\"n\": 129 | n | 400",
        "\"tools\": {} | tools | 400",
        "\"tool_choice\": \"required\" | tool_choice | 400",
        "\"functions\": [] | functions | 400",
        "\"reasoning_effort\": \"low\" | reasoning_effort | 400",
        "\"modalities\": [\"audio\"] | modalities | 400",
        "\"top_logprobs\": 3 | top_logprobs | 400",
        "\"logprobs\": true, \"top_logprobs\": 21 | top_logprobs | 400",
        "\"logit_bias\": [] | logit_bias | 400",
        "\"logit_bias\": {\"x\": 1} | logit_bias | 400",
        "\"logit_bias\": {\"5\": 101} | logit_bias | 400",
        "\"logit_bias\": {\"5\": true} | logit_bias.5 | 400",
        "\"stop_token_ids\": [-1] | stop_token_ids | 400",
        "\"bad_words\": [\" \"] | bad_words | 400",
        "\"min_tokens\": 9, \"max_tokens\": 8 | min_tokens | 400",
        "\"chat_template_kwargs\": {\"messages\": []} | chat_template_kwargs | 400",
        "\"chat_template_kwargs\": 1 | chat_template_kwargs | 400",
        "\"response_format\": {\"type\": \"json_schema\"} | response_format | 400",
        "\"response_format\": {\"type\": \"yaml\"} | response_format.type | 400",
        "\"response_format\": \"text\" | response_format | 400",
        "\"stream\": true, \"stream_options\": {\"x\": 1} | stream_options.x | 400",
        "\"response_format\": {\"type\": \"json_object\"} | response_format | 400",
        "\"temprature\": 1 | temprature | 400",
        "\"temperature\": -1 | temperature | 400",
        "\"temperature\": \"hot\" | temperature | 400",
        "\"top_p\": 0 | top_p | 400",
        "\"max_tokens\": 0 | max_tokens | 400",
        "\"max_tokens\": 1.5 | max_tokens | 400",
        "\"seed\": 99999999999999999999 | seed | 400",
        "\"stop\": [1] | stop | 400",
        "\"stream\": \"yes\" | stream | 400",
        "\"stream_options\": {\"include_usage\": true} | stream_options | 400",
        "\"model\": \"gpt-4o\" | model | 404"
      })
  void badFieldIsRefusedByName(String field, String name, int status) {
    var e = assertThrows(ApiException.class, () -> read("{" + HELLO + ", " + field + "}"));
    assertEquals(name, e.parameter(), e.getMessage());
    assertEquals(status, e.status());
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "[] | messages",
        "\"Hello\" | messages",
        "[1] | messages[0]",
        "[{\"content\": \"x\"}] | messages[0].role",
        "[{\"role\": \"boss\", \"content\": \"x\"}] | messages[0].role",
        "[{\"role\": \"function\", \"content\": \"x\"}] | messages[0].role",
        "[{\"role\": \"assistant\", \"content\": \"x\", \"tool_calls\": [{}]}] | messages[0].tool_calls[0].function",
        "[{\"role\": \"assistant\", \"tool_calls\": [{\"function\": {\"name\": \"f\", \"arguments\": \"[]\"}}]}] | messages[0].tool_calls[0].function.arguments",
        "[{\"role\": \"user\"}] | messages[0].content",
        "[{\"role\": \"user\", \"content\": 1}] | messages[0].content",
        "[{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}] | messages[0].content[0].type",
        "[{\"role\": \"user\", \"content\": \"x\", \"tool_calls\": []}] | messages[0].tool_calls"
      })
  void badMessageIsRefusedByItsPlace(String messages, String place) {
    var e = assertThrows(ApiException.class, () -> read("{\"messages\": " + messages + "}"));
    assertEquals(place, e.parameter(), e.getMessage());
  }

  @Test
  void bodyThatIsNoSingleJsonObjectIsRefused() {
    for (String body : List.of("", "[1]", "{\"a\": 1} {}", "{\"n\": 1, \"n\": 1}", "{", "\u00ff")) {
      var e =
          assertThrows(
              ApiException.class, () -> reader.read(body.getBytes(StandardCharsets.ISO_8859_1), 1));
      assertEquals(400, e.status(), body);
    }
  }

  @Test
  void longTextsToLookForAreRefused() {
    for (String field : List.of("stop", "bad_words")) {
      var e =
          assertThrows(
              ApiException.class,
              () -> read("{" + HELLO + ", \"" + field + "\": \"" + "x".repeat(257) + "\"}"));
      assertEquals(field, e.parameter());
    }
  }

  @Test
  void bodyNestedTooDeeplyIsRefused() {
    String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertEquals(400, assertThrows(ApiException.class, () -> read(deep)).status());
  }

  private EngineRequest read(String body) throws ApiException {
    return reader.read(body.getBytes(StandardCharsets.UTF_8), 1);
  }

  private static List<Message> messages(EngineRequest request) {
    return ((Prompt.Chat) request.rows().getFirst().prompt()).messages();
  }
}
