package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.Routes;
import dev.quern.server.metrics.Meters;
import dev.quern.server.metrics.RequestKind;
import java.time.InstantSource;

/** OpenAI's protocol around one engine: chat, completions, models, health. */
public final class OpenAiRoutes {
  private OpenAiRoutes() {}

  /** Adds them; the engine stays the caller's. Requests are counted in the meters. */
  public static void addTo(
      Routes.Builder routes, GenerateEngine engine, SamplingDefaults defaults, Meters meters) {
    InstantSource clock = InstantSource.system();
    var chat = new ChatReader(engine.model(), defaults, clock);
    var completions = new CompletionReader(engine, defaults, clock);
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
            })
        .add(
            "POST",
            "/v1/chat/completions",
            new GenerateHandler(engine, chat, meters, RequestKind.CHAT))
        .add(
            "POST",
            "/v1/completions",
            new GenerateHandler(engine, completions, meters, RequestKind.COMPLETION));
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
