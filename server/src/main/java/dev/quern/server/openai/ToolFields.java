package dev.quern.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.JsonValues;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.util.ArrayList;
import java.util.List;

/**
 * What a chat's model may call.
 *
 * @param offered OpenAI's tool objects, for the template; empty where none may be called
 */
record ToolFields(List<Object> offered) {
  private static final int MOST_TOOLS = 128;

  ToolFields {
    offered = List.copyOf(offered);
  }

  static ToolFields read(JsonFields fields, ModelInfo model) throws ApiException {
    JsonNode tools = fields.get("tools");
    JsonNode choice = fields.get("tool_choice");
    boolean parallel =
        fields.get("parallel_tool_calls") == null || fields.bool("parallel_tool_calls");
    if (choice != null
        && !(choice.isTextual() && List.of("auto", "none").contains(choice.textValue()))) {
      throw ApiException.unsupported(
          "tool_choice", "auto and none are; others need constrained decoding, which is not built");
    }
    if (tools == null || (tools.isArray() && tools.isEmpty())) {
      return new ToolFields(List.of());
    }
    List<Object> offered = offered(tools);
    if (choice != null && choice.textValue().equals("none")) {
      return new ToolFields(List.of());
    }
    if (!parallel) {
      throw ApiException.unsupported(
          "parallel_tool_calls", "one call at most needs constrained decoding, which is not built");
    }
    if (!model.tools()) {
      throw ApiException.unsupported(
          "tools", "the chat template of " + model.name() + " has no place for them; leave it out");
    }
    return new ToolFields(offered);
  }

  private static List<Object> offered(JsonNode tools) throws ApiException {
    if (!tools.isArray()) {
      throw JsonFields.wrongType("tools", "an array of tools", tools);
    }
    if (tools.size() > MOST_TOOLS) {
      throw ApiException.badRequest(
          "tools", "'tools' may have " + MOST_TOOLS + " entries but has " + tools.size());
    }
    List<Object> offered = new ArrayList<>();
    for (int i = 0; i < tools.size(); i++) {
      JsonNode tool = tools.get(i);
      String where = "tools[" + i + "]";
      if (!tool.path("type").asText().equals("function")) {
        throw ApiException.unsupported(where + ".type", "only functions are");
      }
      if (!tool.path("function").path("name").isTextual()) {
        throw ApiException.badRequest(
            where + ".function.name", "'" + where + ".function.name' must be a string");
      }
      offered.add(JsonValues.of(tool));
    }
    return offered;
  }
}
