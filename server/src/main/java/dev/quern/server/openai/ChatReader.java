package dev.quern.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.JsonValues;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptRow;
import dev.quern.executor.engine.PromptTokens;
import dev.quern.executor.engine.TokenReport;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads requests of {@code /v1/chat/completions}. A field that is unknown or not supported is
 * refused by name.
 */
final class ChatReader implements RequestReader {
  /** Fields of OpenAI's protocol that this server has not. */
  private static final List<String> NOT_SUPPORTED =
      List.of(
          "audio",
          "function_call",
          "functions",
          "prediction",
          "reasoning_effort",
          "verbosity",
          "web_search_options");

  private final ModelInfo model;
  private final Optional<PromptTokens> tokens;
  private final SamplingFields sampling;
  private final InstantSource clock;

  ChatReader(GenerateEngine engine, SamplingDefaults defaults, InstantSource clock) {
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
    checkModalities(fields.get("modalities"));
    StreamFields stream = StreamFields.read(fields);
    int n = Choices.read(fields);
    Prompt.Chat prompt = prompt(fields, ToolFields.read(fields, model));
    boolean showIds = fields.bool("return_token_ids");
    GenerateOptions options =
        sampling.read(
            fields,
            maxTokens(fields),
            new TokenReport(logprobs(fields), OptionalInt.empty(), showIds),
            true);
    Bodies.refuseUnknown(fields);
    ReasoningSplitter.Start start = start(prompt, options);
    boolean tools = !prompt.tools().isEmpty();
    var frame = new AnswerFrame(model, AnswerId.next("chatcmpl-", clock), stream.includeUsage());
    return new EngineRequest(
        Choices.rows(prompt, options, n, priority),
        "messages",
        stream,
        new ChatAnswers(frame, n, stream.stream(), showIds, () -> AnswerSplitter.of(start, tools)));
  }

  private static Prompt.Chat prompt(JsonFields fields, ToolFields tools) throws ApiException {
    var messages = ChatMessages.read(fields.get("messages"));
    JsonNode arguments = fields.get("chat_template_kwargs");
    if (arguments != null && !(arguments instanceof ObjectNode)) {
      throw JsonFields.wrongType("chat_template_kwargs", "an object", arguments);
    }
    try {
      return new Prompt.Chat(
          messages,
          tools.offered(),
          arguments == null
              ? Map.of()
              : ((ObjectNode) arguments)
                  .properties().stream()
                      .collect(
                          LinkedHashMap::new,
                          (map, entry) -> map.put(entry.getKey(), JsonValues.of(entry.getValue())),
                          Map::putAll));
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(
          "chat_template_kwargs", "'chat_template_kwargs': " + e.getMessage());
    }
  }

  /** What the prompt ends with says whether the answer begins with reasoning. */
  private ReasoningSplitter.Start start(Prompt.Chat prompt, GenerateOptions options) {
    Map<String, Object> arguments = prompt.templateArguments();
    if (!model.thinking() && !ReasoningSplitter.asked(arguments)) {
      return ReasoningSplitter.Start.CONTENT;
    }
    try {
      String text =
          tokens.map(known -> known.text(List.of(), new PromptRow(prompt, options, 0))).orElse("");
      return ReasoningSplitter.start(text, model.thinking(), arguments);
    } catch (IllegalArgumentException e) {
      // The row will fail the same way, and tell the client why.
      return ReasoningSplitter.Start.CONTENT;
    }
  }

  /** max_completion_tokens is the newer name. Without either the context is the limit. */
  private int maxTokens(JsonFields fields) throws ApiException {
    int most = sampling.defaults().maxTokens().orElse(model.contextTokens());
    long old = fields.whole("max_tokens", most, 1, Integer.MAX_VALUE);
    return (int) fields.whole("max_completion_tokens", old, 1, Integer.MAX_VALUE);
  }

  private static OptionalInt logprobs(JsonFields fields) throws ApiException {
    boolean asked = fields.bool("logprobs");
    int top = (int) fields.whole("top_logprobs", 0, 0, TokenReport.MOST);
    if (!asked && fields.get("top_logprobs") != null) {
      throw ApiException.badRequest("top_logprobs", "'top_logprobs' needs \"logprobs\": true");
    }
    return asked ? OptionalInt.of(top) : OptionalInt.empty();
  }

  private static void checkModalities(JsonNode modalities) throws ApiException {
    if (modalities != null
        && !(modalities.isArray()
            && modalities.size() == 1
            && modalities.get(0).asText().equals("text"))) {
      throw ApiException.unsupported("modalities", "only [\"text\"] is");
    }
  }
}
