package dev.quern.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.Message;
import dev.quern.executor.engine.PromptPart;
import dev.quern.server.http.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatRequestReaderTest {
  private static final String HELLO =
      "\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]";

  private final ChatRequestReader reader =
      new ChatRequestReader(WordByWordEngine.MODEL, new SamplingDefaults(0.5, 0.9, 40, 0.1, 1.2));

  @Test
  void silentRequestTakesTheCheckpointsSamplingAndTheContext() throws ApiException {
    ChatRequest request = read("{" + HELLO + "}");
    assertEquals(
        List.of(new Message("user", List.of(PromptPart.value("Hello")))), request.messages());
    var options = request.options();
    assertEquals(100, options.maxTokens());
    assertEquals(0.5, options.temperature());
    assertEquals(0.9, options.topP());
    assertEquals(40, options.topK());
    assertEquals(0.1, options.minP());
    assertEquals(1.2, options.repetitionPenalty());
    assertEquals(OptionalLong.empty(), options.seed());
    assertFalse(request.stream());
  }

  @Test
  void givenFieldsAreTaken() throws ApiException {
    ChatRequest request =
        read(
            """
            {"model": "words", "messages": [
              {"role": "developer", "content": "Be brief."},
              {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
              {"role": "assistant", "content": "c"}, {"role": "user", "content": "d"}],
             "max_tokens": 9, "max_completion_tokens": 5, "temperature": 0, "top_p": 1, "seed": -3,
             "stop": ["x", "y"], "presence_penalty": 0.5, "frequency_penalty": -0.5, "n": 1,
             "stream": true, "stream_options": {"include_usage": true}, "user": "me",
             "logprobs": false, "response_format": {"type": "text"}, "tools": null}\
            """);
    assertEquals("system", request.messages().getFirst().role());
    assertEquals(
        List.of(PromptPart.value("a"), PromptPart.value("b")), request.messages().get(1).content());
    assertEquals(5, request.options().maxTokens());
    assertEquals(0, request.options().temperature());
    assertEquals(OptionalLong.of(-3), request.options().seed());
    assertEquals(List.of("x", "y"), request.options().stop());
    assertEquals(0.5, request.options().presencePenalty());
    assertEquals(-0.5, request.options().frequencyPenalty());
    assertTrue(request.stream() && request.includeUsage());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "\"n\": 2 | n | 400",
        "\"tools\": [] | tools | 400",
        "\"logprobs\": true | logprobs | 400",
        "\"logit_bias\": {} | logit_bias | 400",
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
        "[{\"role\": \"tool\", \"content\": \"x\"}] | messages[0].role",
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
              ApiException.class, () -> reader.read(body.getBytes(StandardCharsets.ISO_8859_1)));
      assertEquals(400, e.status(), body);
    }
  }

  private ChatRequest read(String body) throws ApiException {
    return reader.read(body.getBytes(StandardCharsets.UTF_8));
  }
}
