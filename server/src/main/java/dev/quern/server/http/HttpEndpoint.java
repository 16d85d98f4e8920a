package dev.quern.server.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Listens for HTTP/1.1 and hands each whole request to its route's handler in a virtual thread.
 * Vert.x does the protocol; what is ours is limits, keys, and that a client which goes away ends
 * its work at once.
 */
public final class HttpEndpoint implements AutoCloseable {
  /** Waiting for room in the engine is no reason to refuse these. */
  private static final Set<String> ALWAYS_ADMITTED = Set.of("/health");

  private final Vertx vertx;
  private final HttpServer server;
  private final InetSocketAddress address;
  private final Routes routes;
  private final ApiKeys keys;
  private final HttpLimits limits;
  private final Origins origins;
  private final Admission admission;
  private final IdleConnections idle;
  private final AnswerListener listener;
  private final PrintStream log;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Reply> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  private HttpEndpoint(
      Vertx vertx,
      InetSocketAddress address,
      Optional<Tls> tls,
      Routes routes,
      ApiKeys keys,
      HttpLimits limits,
      AnswerListener listener,
      PrintStream log)
      throws IOException {
    this.vertx = vertx;
    this.routes = routes;
    this.keys = keys;
    this.limits = limits;
    this.origins = new Origins(address.getAddress().isLoopbackAddress());
    this.admission = new Admission(limits);
    this.idle = new IdleConnections(vertx, limits.requestTime());
    this.listener = listener;
    this.log = log;
    var options =
        new HttpServerOptions()
            .setHost(address.getAddress().getHostAddress())
            .setPort(address.getPort())
            .setTcpNoDelay(true)
            .setHttp2ClearTextEnabled(false)
            .setCompressionSupported(false);
    tls.ifPresent(given ->
        options
            .setSsl(true)
            .setUseAlpn(false)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .setCertPath(given.certificates().toString())
                    .setKeyPath(given.key().toString())));
    this.server =
        vertx
            .createHttpServer(options)
            .connectionHandler(idle::opened)
            .requestHandler(this::receive)
            .invalidRequestHandler(InvalidRequests::answer);
    await(server.listen());
    this.address = new InetSocketAddress(address.getAddress(), server.actualPort());
  }

  /**
   * Starts to listen.
   *
   * @param log receives failures of the server itself; never keys or texts of requests
   * @throws IOException when the address cannot be had or certificate or key cannot be read
   */
  public static HttpEndpoint start(
      InetSocketAddress address,
      Optional<Tls> tls,
      Routes routes,
      ApiKeys keys,
      HttpLimits limits,
      PrintStream log)
      throws IOException {
    return start(address, tls, routes, keys, limits, AnswerListener.NONE, log);
  }

  /** The same with somebody who is told of the answers. */
  public static HttpEndpoint start(
      InetSocketAddress address,
      Optional<Tls> tls,
      Routes routes,
      ApiKeys keys,
      HttpLimits limits,
      AnswerListener listener,
      PrintStream log)
      throws IOException {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(2)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    try {
      return new HttpEndpoint(vertx, address, tls, routes, keys, limits, listener, log);
    } catch (IOException | RuntimeException e) {
      vertx.close();
      throw e;
    }
  }

  /** Where it listens; with port 0 asked for, the port that was found. */
  public InetSocketAddress address() {
    return address;
  }

  /** In the connection's event loop. */
  private void receive(HttpServerRequest request) {
    Context context = vertx.getOrCreateContext();
    boolean head = request.method().name().equals("HEAD");
    var reply = new Reply(request.response(), context, head, limits.requestTime());
    idle.requestBegan(request.connection());
    request.response().endHandler(_ -> idle.requestEnded(request.connection()));
    // Handlers' work on a departure may block, which an event loop must not.
    request.response().closeHandler(_ -> start(() -> reply.departure().leave()));
    request.response().exceptionHandler(_ -> start(() -> reply.departure().leave()));
    Request asked = HttpRequests.of(request, new byte[0]);
    Optional<Uploads> uploads = routes.uploads(asked.method(), asked.path());
    if (uploads.isPresent()) {
      receiveFile(request, asked, uploads.get(), reply);
      return;
    }
    var body = new BodyReader(vertx, request, limits);
    body.read(
        bytes -> start(() -> handle(HttpRequests.of(request, bytes), reply)),
        refusal -> start(() -> refuse(reply, refusal)));
  }

  /** Who may not ask may not fill the disk either: the key is checked before the file is read. */
  private void receiveFile(HttpServerRequest request, Request asked, Uploads uploads, Reply reply) {
    try {
      origins.check(asked);
      keys.check(asked.header("authorization").orElse(null));
    } catch (ApiException e) {
      start(() -> refuse(reply, e));
      return;
    }
    new UploadReader(vertx, request, uploads, limits.requestTime())
        .read(
            upload -> start(() -> handleFile(asked.with(upload), upload.file(), reply)),
            refusal -> start(() -> refuse(reply, refusal)));
  }

  private void handleFile(Request request, Path file, Reply reply) {
    try {
      handle(request, reply);
    } finally {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        log.println("quern: " + file + " cannot be deleted: " + e.getMessage());
      }
    }
  }

  private void start(Runnable work) {
    try {
      threads.execute(work);
    } catch (java.util.concurrent.RejectedExecutionException e) {
      // The endpoint has closed.
      work.run();
    }
  }

  private void handle(Request request, Reply reply) {
    int status = statusOf(request, reply);
    listener.answered(reply.route(), status);
  }

  /** Answers; the status of the answer. */
  private int statusOf(Request request, Reply reply) {
    try {
      try {
        answer(request, reply);
        if (reply.started()) {
          reply.end();
        }
        return reply.status();
      } catch (ApiException e) {
        fail(reply, e);
        return e.status();
      } catch (RuntimeException e) {
        log.println("quern: a request to " + request.path() + " failed: " + e);
        fail(reply, new ApiException(500, "server_error", "internal error: " + e, null, null));
        return 500;
      }
    } catch (IOException e) {
      // The client has gone: nobody to tell.
      reply.departure().leave();
    } catch (InterruptedException e) {
      reply.abort();
    }
    return AnswerListener.GONE;
  }

  private void answer(Request request, Reply reply)
      throws ApiException, IOException, InterruptedException {
    origins.check(request);
    Routes.Match match = routes.match(request.method(), request.path());
    reply.route(match.path());
    Caller caller =
        match.open() ? Caller.ANYBODY : keys.check(request.header("authorization").orElse(null));
    Request asked = request.with(match.parameters(), caller);
    if (ALWAYS_ADMITTED.contains(request.path())) {
      match.handler().handle(asked, reply);
      return;
    }
    if (closing) {
      throw new ApiException(503, "server_error", "the server is shutting down", null, null)
          .withHeader("Retry-After", "10");
    }
    admission.enter(caller);
    open.add(reply);
    try {
      match.handler().handle(asked, reply);
    } finally {
      open.remove(reply);
      admission.leave(caller);
    }
  }

  private void refuse(Reply reply, ApiException refusal) {
    listener.answered(reply.route(), refusal.status());
    try {
      // What the client still sends is not read: the connection ends with the answer.
      reply.header("Connection", "close");
      reply.sendError(refusal);
    } catch (IOException e) {
      // The client has gone.
    } catch (InterruptedException e) {
      reply.abort();
    }
  }

  private static void fail(Reply reply, ApiException e) throws IOException, InterruptedException {
    if (reply.started()) {
      reply.lateError(e);
      reply.end();
    } else {
      reply.sendError(e);
    }
  }

  /**
   * Takes no more requests, lets running ones finish for the grace time, then cancels them: a
   * cancelled one is told that the server shuts down.
   */
  @Override
  public void close() {
    closing = true;
    try {
      if (!admission.awaitEmpty(limits.grace().toNanos())) {
        open.forEach(reply -> reply.departure().leave());
        admission.awaitEmpty(limits.grace().toNanos());
      }
      await(server.close());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.println("quern: the HTTP server did not close well: " + e.getMessage());
    }
    threads.shutdownNow();
    vertx.close();
  }

  private static <T> T await(Future<T> future) throws IOException {
    try {
      return future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
