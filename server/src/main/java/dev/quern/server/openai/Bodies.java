package dev.quern.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.util.List;
import java.util.Set;

/** What the bodies of all requests have in common. */
final class Bodies {
  /** Fields that change nothing in an answer: identifiers for the provider's own books. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "user",
          "metadata",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_retention",
          "service_tier",
          "store");

  private Bodies() {}

  static void checkModel(JsonFields fields, ModelInfo model) throws ApiException {
    JsonNode name = fields.get("model");
    if (name != null && !name.isTextual()) {
      throw JsonFields.wrongType("model", "a string", name);
    }
    if (name != null && !name.textValue().equals(model.name())) {
      throw noModel(name.textValue(), model);
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

  /** Refuses fields that OpenAI has and this server has not. */
  static void refuse(JsonFields fields, List<String> names) throws ApiException {
    for (String name : names) {
      if (fields.get(name) != null) {
        throw ApiException.unsupported(name, "leave it out");
      }
    }
  }

  /** Text is the only format until decoding can be held to a grammar. */
  static void checkFormat(JsonFields fields) throws ApiException {
    JsonNode format = fields.get("response_format");
    if (format == null) {
      return;
    }
    if (!(format instanceof ObjectNode) || !format.path("type").isTextual()) {
      throw ApiException.badRequest(
          "response_format", "'response_format' must be an object with a 'type'");
    }
    String type = format.path("type").textValue();
    switch (type) {
      case "text" -> {}
      case "json_object", "json_schema" ->
          throw ApiException.unsupported(
              "response_format",
              "'"
                  + type
                  + "' needs constrained decoding, which is not built; ask for JSON in the"
                  + " prompt and use {\"type\": \"text\"}");
      default ->
          throw ApiException.badRequest(
              "response_format.type",
              "'response_format.type' must be text, json_object or json_schema but is '"
                  + type
                  + "'");
    }
  }

  /** After all known fields were asked for: what is left is nobody's. */
  static void refuseUnknown(JsonFields fields) throws ApiException {
    WITHOUT_EFFECT.forEach(fields::get);
    fields.refuseUnknown();
  }
}
