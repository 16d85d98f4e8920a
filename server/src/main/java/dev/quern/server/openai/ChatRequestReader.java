package dev.quern.server.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads chat requests; a field that is unknown or not supported is refused by name. */
final class ChatRequestReader {
  /** Fields that change nothing in an answer: identifiers for the provider's own books. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("user", "metadata", "safety_identifier", "prompt_cache_key", "service_tier", "store");

  /** Fields of OpenAI's protocol that a later issue builds or that make no sense here. */
  private static final List<String> NOT_SUPPORTED =
      List.of(
          "audio",
          "function_call",
          "functions",
          "logit_bias",
          "modalities",
          "parallel_tool_calls",
          "prediction",
          "reasoning_effort",
          "tool_choice",
          "tools",
          "top_logprobs",
          "verbosity",
          "web_search_options");

  private final ModelInfo model;
  private final SamplingDefaults defaults;
  private final ObjectReader json =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  ChatRequestReader(ModelInfo model, SamplingDefaults defaults) {
    this.model = model;
    this.defaults = defaults;
  }

  ChatRequest read(byte[] body) throws ApiException {
    var fields = new JsonFields(object(body));
    checkModel(fields.get("model"));
    refuseUnsupported(fields);
    boolean stream = fields.bool("stream");
    boolean includeUsage = includeUsage(fields.get("stream_options"), stream);
    var request =
        new ChatRequest(
            ChatMessages.read(fields.get("messages")), options(fields), stream, includeUsage);
    if (!fields.unknown().isEmpty()) {
      String name = fields.unknown().getFirst();
      throw new ApiException(
          400, "invalid_request_error", "unknown field '" + name + "'", name, "unknown_parameter");
    }
    return request;
  }

  private ObjectNode object(byte[] body) throws ApiException {
    try {
      if (json.readTree(body) instanceof ObjectNode object) {
        return object;
      }
      throw ApiException.badRequest(null, "the body must be one JSON object");
    } catch (JsonProcessingException e) {
      var place = e.getLocation();
      throw ApiException.badRequest(
          null,
          "the body is no JSON: "
              + e.getOriginalMessage()
              + (place == null
                  ? ""
                  : " at line " + place.getLineNr() + ", column " + place.getColumnNr()));
    } catch (IOException e) {
      throw ApiException.badRequest(null, "the body is no UTF-8 JSON: " + e.getMessage());
    }
  }

  private void checkModel(JsonNode name) throws ApiException {
    if (name != null && !(name.isTextual() && name.textValue().equals(model.name()))) {
      throw noModel(name.asText(), model);
    }
  }

  static ApiException noModel(String name, ModelInfo model) {
    return new ApiException(
        404,
        "invalid_request_error",
        "the model '" + name + "' does not exist here; this server has '" + model.name() + "'",
        "model",
        "model_not_found");
  }

  private void refuseUnsupported(JsonFields fields) throws ApiException {
    WITHOUT_EFFECT.forEach(fields::get);
    if (fields.whole("n", 1, 1, 128) != 1) {
      throw ApiException.unsupported("n", "send n requests, or leave it 1");
    }
    if (fields.bool("logprobs")) {
      throw ApiException.unsupported("logprobs", "quern score gives log-probabilities of a text");
    }
    JsonNode format = fields.get("response_format");
    if (format != null && !format.path("type").asText().equals("text")) {
      throw ApiException.unsupported("response_format", "only {\"type\": \"text\"} is built");
    }
    for (String name : NOT_SUPPORTED) {
      if (fields.get(name) != null) {
        throw ApiException.unsupported(name, "leave it out");
      }
    }
  }

  private static boolean includeUsage(JsonNode options, boolean stream) throws ApiException {
    if (options == null) {
      return false;
    }
    if (!stream) {
      throw ApiException.badRequest("stream_options", "'stream_options' needs \"stream\": true");
    }
    if (!(options instanceof ObjectNode object)) {
      throw JsonFields.wrongType("stream_options", "an object", options);
    }
    var fields = new JsonFields(object);
    boolean include = fields.bool("include_usage");
    if (!fields.unknown().isEmpty()) {
      String name = "stream_options." + fields.unknown().getFirst();
      throw ApiException.unsupported(name, "leave it out");
    }
    return include;
  }

  private GenerateOptions options(JsonFields fields) throws ApiException {
    long context = model.contextTokens();
    // max_completion_tokens is the newer name of max_tokens. Without either the context is the
    // limit.
    long maxTokens = fields.whole("max_tokens", context, 1, Integer.MAX_VALUE);
    maxTokens = fields.whole("max_completion_tokens", maxTokens, 1, Integer.MAX_VALUE);
    JsonNode seed = fields.get("seed");
    try {
      return new GenerateOptions(
          (int) maxTokens,
          (int) fields.whole("min_tokens", 0, 0, Integer.MAX_VALUE),
          fields.number("temperature", defaults.temperature()),
          fields.number("top_p", defaults.topP()),
          (int) fields.whole("top_k", defaults.topK(), 0, Integer.MAX_VALUE),
          fields.number("min_p", defaults.minP()),
          fields.number("repetition_penalty", defaults.repetitionPenalty()),
          fields.number("presence_penalty", 0),
          fields.number("frequency_penalty", 0),
          seed == null
              ? OptionalLong.empty()
              : OptionalLong.of(fields.whole("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE)),
          fields.strings("stop"),
          List.of(),
          Optional.empty(),
          true,
          Optional.empty());
    } catch (IllegalArgumentException e) {
      // The message begins with the field's name.
      throw ApiException.badRequest(e.getMessage().split(" ", 2)[0], e.getMessage());
    }
  }
}
