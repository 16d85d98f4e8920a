package dev.quern.server.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.ResponseFormatJsonObject;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionCreateParams;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** OpenAI's Java client, unmodified, against a server with the embedded model. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("deprecation") // OpenAI calls seed and echo legacy; clients send them
class OpenAiJavaClientTest {
  private ClientServers servers;
  private OpenAIClient client;
  private String model;

  @BeforeAll
  void start() throws Exception {
    servers = new ClientServers();
    client = client(servers.url(), ClientServers.KEY);
    model = client.models().list().data().getFirst().id();
  }

  @AfterAll
  void end() {
    client.close();
    servers.close();
  }

  static OpenAIClient client(String url, String key) {
    return OpenAIOkHttpClient.builder().baseUrl(url + "/v1").apiKey(key).maxRetries(0).build();
  }

  private ChatCompletionCreateParams params(
      UnaryOperator<ChatCompletionCreateParams.Builder> more) {
    return more.apply(
            ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessage("Write about the sea.")
                .maxCompletionTokens(8)
                .temperature(0))
        .build();
  }

  private ChatCompletion chat(UnaryOperator<ChatCompletionCreateParams.Builder> more) {
    return client.chat().completions().create(params(more));
  }

  private static String text(ChatCompletion answer) {
    return answer.choices().getFirst().message().content().orElseThrow();
  }

  private List<CompletionChoice> complete(UnaryOperator<CompletionCreateParams.Builder> more) {
    return client
        .completions()
        .create(
            more.apply(CompletionCreateParams.builder().model(model).maxTokens(6).temperature(0))
                .build())
        .choices();
  }

  @Test
  void modelsAreListed() {
    assertEquals(model, client.models().retrieve(model).id());
    var error = assertThrows(NotFoundException.class, () -> client.models().retrieve("nobody"));
    assertEquals("model_not_found", error.code().orElseThrow());
  }

  @Test
  void chatHasTextReasonAndUsage() {
    ChatCompletion answer = chat(more -> more).validate();
    assertFalse(text(answer).isEmpty());
    var usage = answer.usage().orElseThrow();
    assertTrue(usage.completionTokens() > 0 && usage.completionTokens() <= 8, usage.toString());
    assertEquals(usage.promptTokens() + usage.completionTokens(), usage.totalTokens());
    assertTrue(usage.promptTokensDetails().orElseThrow().cachedTokens().isPresent());
  }

  @Test
  void streamedPiecesMakeTheWholeAnswer() {
    var accumulator = ChatCompletionAccumulator.create();
    try (var stream =
        client
            .chat()
            .completions()
            .createStreaming(
                params(more ->
                    more.streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())))) {
      stream.stream().forEach(chunk -> accumulator.accumulate(chunk.validate()));
    }
    ChatCompletion streamed = accumulator.chatCompletion();
    ChatCompletion whole = chat(more -> more);
    assertEquals(text(whole), text(streamed));
    assertEquals(
        whole.choices().getFirst().finishReason(), streamed.choices().getFirst().finishReason());
    assertEquals(
        whole.usage().orElseThrow().completionTokens(),
        streamed.usage().orElseThrow().completionTokens());
  }

  @Test
  @SuppressWarnings("deprecation") // OpenAI's own wish; the field works here
  void severalChoicesDifferAndAreTheSameForTheSameSeed() {
    UnaryOperator<ChatCompletionCreateParams.Builder> three =
        more -> more.n(3).temperature(1).seed(7);
    var texts = chat(three).choices().stream().map(c -> c.message().content()).toList();
    assertEquals(3, texts.size());
    assertTrue(texts.stream().distinct().count() > 1, texts.toString());
    assertEquals(texts, chat(three).choices().stream().map(c -> c.message().content()).toList());
  }

  @Test
  void everyTokenHasItsLogprobs() {
    ChatCompletion answer = chat(more -> more.logprobs(true).topLogprobs(3));
    var tokens = answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
    assertEquals(answer.usage().orElseThrow().completionTokens(), tokens.size());
    for (var token : tokens) {
      assertTrue(token.logprob() <= 0, token.toString());
      assertEquals(3, token.topLogprobs().size());
    }
  }

  @Test
  @SuppressWarnings("deprecation") // OpenAI's own wish; the field works here
  void completionsTakeTextTokensAndLists() {
    String answer = complete(more -> more.prompt("The sea is")).getFirst().text();
    assertFalse(answer.isEmpty());
    var ids =
        complete(more ->
                more.prompt("The sea is")
                    .putAdditionalBodyProperty("return_token_ids", JsonValue.from(true)))
            .getFirst()
            ._additionalProperties()
            .get("prompt_token_ids");
    List<Long> tokens =
        ((List<?>) ids.convert(List.class)).stream().map(id -> ((Number) id).longValue()).toList();
    assertEquals(answer, complete(more -> more.promptOfArrayOfTokens(tokens)).getFirst().text());
    assertEquals(
        List.of(answer, answer),
        complete(more -> more.promptOfArrayOfTokenArrays(List.of(tokens, tokens))).stream()
            .map(CompletionChoice::text)
            .toList());
    var two = complete(more -> more.promptOfArrayOfStrings(List.of("The sea is", "A house")));
    assertEquals(List.of(0L, 1L), two.stream().map(CompletionChoice::index).toList());
    assertEquals(
        "The sea is" + answer,
        complete(more -> more.prompt("The sea is").echo(true)).getFirst().text());
  }

  @Test
  void errorsHaveTheClientsClassAndNameTheField() {
    assertField("temperature", more -> more.temperature(-1));
    assertField("top_p", more -> more.topP(7));
    assertField("n", more -> more.n(0));
    assertField(
        "response_format", more -> more.responseFormat(ResponseFormatJsonObject.builder().build()));
    assertField("nobody", more -> more.putAdditionalBodyProperty("nobody", JsonValue.from(1)));
    var unknown = assertThrows(NotFoundException.class, () -> chat(more -> more.model("nobody")));
    assertEquals("model", unknown.param().orElseThrow());
    try (var wrong = closing(servers.url(), "wrong")) {
      assertThrows(UnauthorizedException.class, () -> wrong.client().models().list());
    }
    try (var full = closing(servers.fullUrl(), "any")) {
      var error =
          assertThrows(
              RateLimitException.class,
              () -> full.client().chat().completions().create(params(more -> more)));
      assertNotEquals(List.of(), error.headers().values("Retry-After"));
    }
  }

  private void assertField(String field, UnaryOperator<ChatCompletionCreateParams.Builder> wrong) {
    OpenAIServiceException error =
        assertThrows(BadRequestException.class, () -> chat(wrong), field);
    assertEquals(field, error.param().orElse("none"), error.toString());
    assertEquals("invalid_request_error", error.type().orElseThrow());
  }

  /** OpenAIClient is no AutoCloseable. */
  private record Closing(OpenAIClient client) implements AutoCloseable {
    @Override
    public void close() {
      client.close();
    }
  }

  private static Closing closing(String url, String key) {
    return new Closing(client(url, key));
  }
}
