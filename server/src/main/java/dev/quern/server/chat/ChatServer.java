package dev.quern.server.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.quern.executor.engine.GenerateEngine;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** HTTP around one engine: {@code /v1/chat/completions}, {@code /v1/models}, {@code /health}. */
public final class ChatServer implements AutoCloseable {
  /** Largest request body, in bytes: some million tokens of text. */
  static final int MAX_BODY_BYTES = 16 << 20;

  private static final int SECONDS_TO_FINISH = 5;

  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final GenerateEngine engine;
  private final ChatHandler chat;
  private final ApiKeys keys;
  private final PrintStream log;

  private ChatServer(
      HttpServer http,
      GenerateEngine engine,
      SamplingDefaults defaults,
      ApiKeys keys,
      PrintStream log) {
    this.http = http;
    this.engine = engine;
    this.chat = new ChatHandler(engine, defaults, InstantSource.system());
    this.keys = keys;
    this.log = log;
  }

  /**
   * Starts to listen. The engine stays the caller's.
   *
   * @param log receives failures of the server itself
   * @throws IOException when the address cannot be had
   */
  public static ChatServer start(
      InetSocketAddress address,
      GenerateEngine engine,
      SamplingDefaults defaults,
      ApiKeys keys,
      PrintStream log)
      throws IOException {
    var server = new ChatServer(HttpServer.create(address, 0), engine, defaults, keys, log);
    server.http.setExecutor(server.threads);
    server.http.createContext("/", server::handle);
    server.http.start();
    return server;
  }

  /** Where it listens; with port 0 asked for, the port that was found. */
  public InetSocketAddress address() {
    return http.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    var reply = new Reply(exchange);
    try (exchange) {
      try {
        route(exchange, reply);
      } catch (ApiException e) {
        if (reply.started()) {
          reply.lateError(e);
        } else {
          reply.sendError(e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        log.println("quern: a request failed: " + e);
        if (!reply.started()) {
          reply.sendError(
              new ApiException(500, "server_error", "internal error: " + e, null, null));
        }
      }
    }
  }

  private void route(HttpExchange exchange, Reply reply)
      throws ApiException, IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    switch (path) {
      case "/health" -> {
        require(exchange, "GET");
        reply.send(200, JsonNodeFactory.instance.objectNode().put("status", "ok"));
      }
      case "/v1/models" -> {
        keys.check(exchange.getRequestHeaders().getFirst("Authorization"));
        require(exchange, "GET");
        reply.send(200, models());
      }
      case "/v1/chat/completions" -> {
        keys.check(exchange.getRequestHeaders().getFirst("Authorization"));
        require(exchange, "POST");
        chat.handle(body(exchange), reply);
      }
      default ->
          throw new ApiException(
              404, "invalid_request_error", "there is no " + path + " here", null, "unknown_url");
    }
  }

  private static void require(HttpExchange exchange, String method) throws ApiException {
    if (!exchange.getRequestMethod().equals(method)) {
      exchange.getResponseHeaders().set("Allow", method);
      throw new ApiException(
          405,
          "invalid_request_error",
          exchange.getRequestURI().getPath() + " takes " + method,
          null,
          "method_not_allowed");
    }
  }

  private static byte[] body(HttpExchange exchange) throws ApiException, IOException {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      throw new ApiException(
          413,
          "invalid_request_error",
          "the body is larger than " + MAX_BODY_BYTES + " bytes",
          null,
          "request_too_large");
    }
    return body;
  }

  private ObjectNode models() {
    ObjectNode root = JsonNodeFactory.instance.objectNode().put("object", "list");
    root.putArray("data")
        .addObject()
        .put("id", engine.model().name())
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", "quern")
        .put("max_model_len", engine.model().contextTokens());
    return root;
  }

  /** Takes no more requests, lets running ones finish for a moment, then cancels them. */
  @Override
  public void close() {
    http.stop(SECONDS_TO_FINISH);
    threads.shutdownNow();
    threads.close();
  }
}
