package dev.quern.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.engine.PromptRow;
import dev.quern.executor.engine.PromptTokens;
import dev.quern.executor.engine.TokenReport;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads requests of {@code /v1/completions}. A prompt is the client's own, without a template:
 * special tokens in a text are recognised, as the client that writes a template itself expects.
 */
final class CompletionReader implements RequestReader {
  /** As in OpenAI's protocol. */
  private static final int DEFAULT_MAX_TOKENS = 16;

  /** Most answers of one request. */
  private static final int MOST_ROWS = 2048;

  private static final List<String> NOT_SUPPORTED = List.of("suffix");

  private final ModelInfo model;
  private final Optional<PromptTokens> tokens;
  private final SamplingFields sampling;
  private final InstantSource clock;

  CompletionReader(GenerateEngine engine, SamplingDefaults defaults, InstantSource clock) {
    this.model = engine.model();
    this.tokens = engine.tokens();
    this.sampling = new SamplingFields(defaults);
    this.clock = clock;
  }

  @Override
  public EngineRequest read(byte[] body, int priority) throws ApiException {
    JsonFields fields = JsonFields.read(body);
    Bodies.checkModel(fields, model);
    Bodies.refuse(fields, NOT_SUPPORTED);
    Bodies.checkFormat(fields);
    StreamFields stream = StreamFields.read(fields);
    List<Prompt> prompts = prompts(fields.get("prompt"));
    int n = Choices.read(fields);
    checkBestOf(fields, n);
    if ((long) n * prompts.size() > MOST_ROWS) {
      throw ApiException.badRequest(
          "prompt",
          prompts.size()
              + " prompts with "
              + n
              + " answers each are more than "
              + MOST_ROWS
              + ", the most of one request");
    }
    boolean echo = fields.bool("echo");
    boolean showIds = fields.bool("return_token_ids");
    OptionalInt logprobs = logprobs(fields);
    // 0 with echo scores the prompt. The engine always generates: its one token is then not shown.
    int maxTokens =
        (int) fields.whole("max_tokens", DEFAULT_MAX_TOKENS, echo ? 0 : 1, Integer.MAX_VALUE);
    GenerateOptions options =
        sampling.read(
            fields,
            Math.max(1, maxTokens),
            new TokenReport(logprobs, echo ? logprobs : OptionalInt.empty(), showIds),
            false);
    Bodies.refuseUnknown(fields);
    List<PromptRow> rows = new ArrayList<>();
    prompts.forEach(prompt -> rows.addAll(Choices.rows(prompt, options, n, priority)));
    var frame = new AnswerFrame(model, AnswerId.next("cmpl-", clock), stream.includeUsage());
    var echoes = new Echoes(echo, prompts, tokens);
    return new EngineRequest(
        rows,
        "prompt",
        stream,
        new CompletionAnswers(frame, echoes, n, stream.stream(), showIds, maxTokens > 0));
  }

  private static void checkBestOf(JsonFields fields, int n) throws ApiException {
    if (fields.whole("best_of", n, 1, 128) != n) {
      throw ApiException.unsupported("best_of", "ask for n answers and choose by their logprobs");
    }
  }

  private static OptionalInt logprobs(JsonFields fields) throws ApiException {
    if (fields.get("logprobs") == null) {
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) fields.whole("logprobs", 0, 0, TokenReport.MOST));
  }

  /** A text, token ids, or a list of one of them. */
  private List<Prompt> prompts(JsonNode prompt) throws ApiException {
    if (prompt == null) {
      throw ApiException.badRequest("prompt", "'prompt' is missing");
    }
    if (prompt.isTextual()) {
      return List.of(text(prompt));
    }
    if (!prompt.isArray()) {
      throw JsonFields.wrongType("prompt", "a string, token ids, or an array of them", prompt);
    }
    if (prompt.isEmpty()) {
      throw ApiException.badRequest("prompt", "'prompt' must not be empty");
    }
    if (prompt.get(0).isNumber()) {
      return List.of(ids("prompt", prompt));
    }
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < prompt.size(); i++) {
      JsonNode one = prompt.get(i);
      prompts.add(one.isTextual() ? text(one) : ids("prompt[" + i + "]", one));
    }
    return prompts;
  }

  private Prompt text(JsonNode text) throws ApiException {
    if (!model.tokenizer()) {
      throw ApiException.badRequest(
          "prompt", model.name() + " has no tokenizer; send the prompt as token ids");
    }
    return new Prompt.Text(List.of(PromptPart.literal(text.textValue())));
  }

  private static Prompt ids(String name, JsonNode value) throws ApiException {
    List<Integer> ids = TokenIds.read(name, value);
    if (ids.isEmpty()) {
      throw ApiException.badRequest(name, "'" + name + "' holds no token");
    }
    return new Prompt.Tokens(ids);
  }
}
