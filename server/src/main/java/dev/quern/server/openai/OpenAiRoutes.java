package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.Routes;
import java.time.InstantSource;
import java.util.Map;

/** OpenAI's protocol around one engine: chat, completions, models, health. */
public final class OpenAiRoutes {
  private OpenAiRoutes() {}

  /** Adds them; the engine stays the caller's. */
  public static void addTo(
      Routes.Builder routes, GenerateEngine engine, SamplingDefaults defaults) {
    ObjectNode model = model(engine.model());
    routes
        .addOpen(
            "GET",
            "/health",
            (_, reply) -> {
              if (engine.failed()) {
                throw new ApiException(
                    503, "server_error", "the engine has failed; restart the server", null, null);
              }
              reply.send(200, JsonNodeFactory.instance.objectNode().put("status", "ok"));
            })
        .add(
            "GET",
            "/v1/models",
            (_, reply) -> {
              ObjectNode root = JsonNodeFactory.instance.objectNode().put("object", "list");
              root.putArray("data").add(model);
              reply.send(200, root);
            })
        .add(
            "GET",
            "/v1/models/{model}",
            (request, reply) -> {
              String name = request.parameters().get("model");
              if (!name.equals(engine.model().name())) {
                throw Bodies.noModel(name, engine.model());
              }
              reply.send(200, model);
            });
    readers(engine, defaults)
        .forEach((path, reader) -> routes.add("POST", path, new GenerateHandler(engine, reader)));
  }

  /** What reads the requests of the paths that generate. */
  public static Map<String, RequestReader> readers(
      GenerateEngine engine, SamplingDefaults defaults) {
    InstantSource clock = InstantSource.system();
    return Map.of(
        "/v1/chat/completions",
        new ChatReader(engine.model(), defaults, clock),
        "/v1/completions",
        new CompletionReader(engine, defaults, clock));
  }

  private static ObjectNode model(ModelInfo model) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", model.name())
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", "quern")
        .put("max_model_len", model.contextTokens());
  }
}
