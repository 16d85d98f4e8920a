package dev.quern.server.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.server.batches.BatchEndpoint;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.Routes;
import dev.quern.server.metrics.Meters;
import dev.quern.server.metrics.RequestKind;
import java.time.InstantSource;
import java.util.List;

/** OpenAI's protocol around one engine: chat, completions, models, health. */
public final class OpenAiRoutes {
  /** Most answers that online requests wait for together. */
  private static final int MOST_ROWS = 8192;

  private static final String CHAT = "/v1/chat/completions";
  private static final String COMPLETIONS = "/v1/completions";

  private final GenerateEngine engine;
  private final RequestReader chat;
  private final RequestReader completions;
  private final Meters meters;

  /**
   * @param engine stays the caller's
   * @param defaults where a request is silent
   */
  public OpenAiRoutes(GenerateEngine engine, SamplingDefaults defaults, InstantSource clock) {
    this(engine, defaults, clock, Meters.of(engine));
  }

  /** The same where requests are counted in these meters. */
  public OpenAiRoutes(
      GenerateEngine engine, SamplingDefaults defaults, InstantSource clock, Meters meters) {
    this.meters = meters;
    this.engine = engine;
    this.chat = new ChatReader(engine, defaults, clock);
    this.completions = new CompletionReader(engine, defaults, clock);
  }

  /** What a batch's requests may ask for. */
  public List<BatchEndpoint> batchEndpoints() {
    return List.of(new BatchRequests(CHAT, chat), new BatchRequests(COMPLETIONS, completions));
  }

  /** Adds them. */
  public void addTo(Routes.Builder routes) {
    ObjectNode model = model(engine.model());
    var limit = new RowLimit(MOST_ROWS);
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
        .add("POST", CHAT, new GenerateHandler(engine, chat, limit, meters, RequestKind.CHAT))
        .add(
            "POST",
            COMPLETIONS,
            new GenerateHandler(engine, completions, limit, meters, RequestKind.COMPLETION));
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
