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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Listens for HTTP/1.1 and hands each whole request to its route's handler in a virtual thread.
 * Vert.x does the protocol; what is ours is limits, keys, and that a client which goes away ends
 * its work at once.
 */
public final class HttpEndpoint implements AutoCloseable {
  /** Waiting for room in the engine is no reason to refuse these. */
  private static final Set<String> ALWAYS_ADMITTED = Set.of("/health");

  /** Bodies of the largest size that may arrive at once. */
  private static final int ARRIVING_BODIES = 16;

  /** Body of a refused request that is read for the sake of its connection. */
  private static final int PASSED_OVER_BYTES = 64 << 10;

  /** A request that is let in. */
  private record Entry(Routes.Match match, Caller caller, Admission.Place place) {}

  private final Vertx vertx;
  private final HttpServer server;
  private final InetSocketAddress address;
  private final Routes routes;
  private final ApiKeys keys;
  private final HttpLimits limits;
  private final Origins origins;
  private final Admission admission;
  private final BodyBudget bodies;
  private final IdleConnections idle;
  private final Answering answering;
  private final PrintStream log;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final OpenReplies open = new OpenReplies();
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
    this.origins = new Origins(!keys.keys().isEmpty(), address.getAddress().isLoopbackAddress());
    this.admission = new Admission(limits);
    this.bodies = new BodyBudget(ARRIVING_BODIES * (long) limits.bodyBytes());
    this.idle = new IdleConnections(vertx, limits.connections(), limits.requestTime());
    this.answering = new Answering(listener, log);
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
    Request asked = HttpRequests.of(request);
    Entry entry;
    try {
      entry = admit(asked, reply);
    } catch (ApiException e) {
      passOver(request, e, reply);
      return;
    }
    if (entry.match().uploads().isPresent()) {
      receiveFile(request, asked, entry, reply);
      return;
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      request.response().writeContinue();
    }
    new BodyReader(vertx, request, limits.bodyBytes(), bodies, limits.requestTime())
        .read(
            bytes -> start(() -> handle(asked.with(bytes), entry, reply)),
            refusal -> leave(entry, reply, () -> answering.refuseUnread(reply, refusal)),
            () -> leave(entry, reply, () -> answering.gone(reply)));
  }

  /** Who may not ask may fill neither memory nor disk: this comes before the body. */
  private Entry admit(Request asked, Reply reply) throws ApiException {
    origins.check(asked);
    Routes.Match match = routes.match(asked.method(), asked.path());
    reply.route(match.path());
    Caller caller =
        match.open() ? Caller.ANYBODY : keys.check(asked.header("authorization").orElse(null));
    boolean counted = !ALWAYS_ADMITTED.contains(asked.path());
    if (counted && closing) {
      throw new ApiException(503, "server_error", "the server is shutting down", null, null)
          .withHeader("Retry-After", "10");
    }
    return new Entry(match, caller, counted ? admission.enter(caller) : Admission.Place.NONE);
  }

  private void leave(Entry entry, Reply reply, Runnable last) {
    start(() -> {
      open.add(reply);
      try {
        entry.place().leave();
        last.run();
      } finally {
        open.remove(reply);
      }
    });
  }

  /** A small body is read, so that the connection can go on; another ends with the answer. */
  private void passOver(HttpServerRequest request, ApiException refusal, Reply reply) {
    if (BodyReader.announced(request) > PASSED_OVER_BYTES
        || request.getHeader("Transfer-Encoding") != null
        || request.getHeader("Expect") != null) {
      start(() -> answering.refuseUnread(reply, refusal));
      return;
    }
    new BodyReader(vertx, request, PASSED_OVER_BYTES, bodies, limits.requestTime())
        .read(
            _ -> start(() -> answering.refuse(reply, refusal)),
            _ -> start(() -> answering.refuseUnread(reply, refusal)),
            () -> {});
  }

  private void receiveFile(HttpServerRequest request, Request asked, Entry entry, Reply reply) {
    Uploads uploads = entry.match().uploads().orElseThrow();
    new UploadReader(vertx, request, uploads, limits.requestTime())
        .read(
            upload -> start(() -> handleFile(asked.with(upload), upload.file(), entry, reply)),
            refusal -> leave(entry, reply, () -> answering.refuseUnread(reply, refusal)));
  }

  private void handleFile(Request request, Path file, Entry entry, Reply reply) {
    try {
      handle(request, entry, reply);
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
    } catch (RejectedExecutionException e) {
      // The endpoint has closed.
      work.run();
    }
  }

  private void handle(Request request, Entry entry, Reply reply) {
    reply.beforeEnd(entry.place()::leave);
    open.add(reply);
    try {
      answering.handle(
          entry.match().handler(), request.with(entry.match().parameters(), entry.caller()), reply);
    } finally {
      open.remove(reply);
      entry.place().leave();
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
      if (!awaitEnd()) {
        open.leave();
        awaitEnd();
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

  /** Of requests, which give their places back before the client has the end of the answer. */
  private boolean awaitEnd() throws InterruptedException {
    long end = System.nanoTime() + limits.grace().toNanos();
    return admission.awaitEmpty(end - System.nanoTime())
        && open.awaitEmpty(end - System.nanoTime());
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
