package dev.quern.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Writes the answer to one request. Each write waits until the client's connection has taken it, so
 * a slow client slows its own handler only; a write to a client that has gone throws.
 */
public final class Reply {
  private final HttpServerResponse response;
  private final Context context;
  private final boolean head;
  private final Duration patience;
  private final Departure departure = new Departure();
  private String route = AnswerListener.NO_ROUTE;
  private int status;
  private Runnable beforeEnd = () -> {};
  private boolean started;
  private boolean streams;

  /**
   * @param context the event loop of the connection: all calls of the response are made there
   * @param head whether only the head of the answer is wanted
   * @param patience how long a client may leave an answer unread
   */
  Reply(HttpServerResponse response, Context context, boolean head, Duration patience) {
    this.response = response;
    this.context = context;
    this.head = head;
    this.patience = patience;
  }

  /** Whether the status has been sent: an error can no longer have one of its own. */
  public boolean started() {
    return started;
  }

  /** When the client goes away, or has gone already, before the answer is whole: runs once. */
  public void onGone(Runnable work) {
    departure.onGone(work);
  }

  /**
   * Runs before the client can see that the answer is whole, so that its next request finds what
   * this one gives back; perhaps more than once.
   */
  void beforeEnd(Runnable work) {
    beforeEnd = work;
  }

  Departure departure() {
    return departure;
  }

  /** Pattern of the route that answers. */
  void route(String pattern) {
    route = pattern;
  }

  String route() {
    return route;
  }

  /** The status sent. */
  int status() {
    return status;
  }

  /** A header of the answer; before its start. */
  public Reply header(String name, String value) throws IOException, InterruptedException {
    await(() -> {
      response.putHeader(name, value);
      return Future.succeededFuture();
    });
    return this;
  }

  /** A whole answer. */
  public void send(int status, JsonNode json) throws IOException, InterruptedException {
    send(status, "application/json", json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** A whole answer. */
  public void send(int status, String contentType, byte[] body)
      throws IOException, InterruptedException {
    beforeEnd.run();
    started = true;
    this.status = status;
    await(() -> {
      response.setStatusCode(status).putHeader("Content-Type", contentType);
      if (head) {
        return response.putHeader("Content-Length", Integer.toString(body.length)).end();
      }
      return response.end(Buffer.buffer(body));
    });
  }

  void sendError(ApiException e) throws IOException, InterruptedException {
    for (var header : e.headers().entrySet()) {
      header(header.getKey(), header.getValue());
    }
    send(e.status(), e.json());
  }

  /** Begins an answer whose pieces come later. */
  public void start(String contentType) throws IOException, InterruptedException {
    started = true;
    status = 200;
    streams = contentType.startsWith("text/event-stream");
    await(() -> {
      response
          .setChunked(true)
          .putHeader("Content-Type", contentType)
          .putHeader("Cache-Control", "no-cache");
      return head ? response.end() : response.writeHead();
    });
  }

  /** A piece of the answer. */
  public void write(String text) throws IOException, InterruptedException {
    if (!head) {
      await(() -> response.write(text));
    }
  }

  /** A piece of the answer. */
  public void write(byte[] bytes) throws IOException, InterruptedException {
    if (!head) {
      await(() -> response.write(Buffer.buffer(bytes)));
    }
  }

  /** One server-sent event. */
  public void event(String data) throws IOException, InterruptedException {
    write("data: " + data + "\n\n");
  }

  /** The last of an answer in pieces; nothing after a whole one. */
  void end() throws IOException, InterruptedException {
    beforeEnd.run();
    await(() -> response.ended() ? Future.succeededFuture() : response.end());
  }

  /** The event that tells the client that the stream is whole. */
  public void lastEvent(String data) throws IOException, InterruptedException {
    beforeEnd.run();
    event(data);
  }

  /**
   * An error whose status is gone: an event of a stream (which has no [DONE]), or the whole body.
   */
  void lateError(ApiException e) throws IOException, InterruptedException {
    if (streams) {
      event(e.json().toString());
    } else {
      write(e.json().toString());
    }
  }

  /** Ends the connection: the client sees that the answer is not whole. */
  void abort() {
    try {
      context.runOnContext(_ -> response.reset());
    } catch (RejectedExecutionException e) {
      // The endpoint has closed, and all connections with it.
    }
  }

  private void await(Supplier<Future<Void>> write) throws IOException, InterruptedException {
    var done = new CompletableFuture<Void>();
    run(_ -> {
      try {
        if (response.closed()) {
          done.completeExceptionally(new IOException("the client has gone"));
        } else {
          write
              .get()
              .onComplete(result -> {
                if (result.succeeded()) {
                  done.complete(null);
                } else {
                  done.completeExceptionally(result.cause());
                }
              });
        }
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    });
    try {
      done.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IOException("the client has gone: " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      abort();
      throw new IOException("the client does not read its answer", e);
    }
  }

  private void run(Handler<Void> work) throws IOException {
    try {
      context.runOnContext(work);
    } catch (RejectedExecutionException e) {
      throw new IOException("the endpoint has closed", e);
    }
  }
}
