package dev.quern.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the answer to one request. Writing to a client that has gone throws. */
final class Reply {
  private final HttpExchange exchange;
  private OutputStream body;
  private boolean streams;

  Reply(HttpExchange exchange) {
    this.exchange = exchange;
  }

  /** Whether the status has been sent: an error can no longer have one of its own. */
  boolean started() {
    return body != null;
  }

  /** A whole answer. */
  void send(int status, JsonNode json) throws IOException {
    byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    body = exchange.getResponseBody();
    body.write(bytes);
    body.flush();
  }

  void sendError(ApiException e) throws IOException {
    send(e.status(), error(e));
  }

  /** Begins an answer whose pieces come later. */
  void start(String contentType) throws IOException {
    streams = contentType.startsWith("text/event-stream");
    exchange.getResponseHeaders().set("Content-Type", contentType);
    exchange.getResponseHeaders().set("Cache-Control", "no-cache");
    exchange.sendResponseHeaders(200, 0);
    body = exchange.getResponseBody();
  }

  void write(String text) throws IOException {
    body.write(text.getBytes(StandardCharsets.UTF_8));
    body.flush();
  }

  /** One server-sent event. */
  void event(String data) throws IOException {
    write("data: " + data + "\n\n");
  }

  /**
   * An error whose status is gone: an event of a stream (which has no [DONE]), or the whole body.
   */
  void lateError(ApiException e) throws IOException {
    if (streams) {
      event(error(e).toString());
    } else {
      write(error(e).toString());
    }
  }

  static ObjectNode error(ApiException e) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putObject("error")
        .put("message", e.getMessage())
        .put("type", e.type())
        .put("param", e.parameter())
        .put("code", e.code());
    return root;
  }
}
