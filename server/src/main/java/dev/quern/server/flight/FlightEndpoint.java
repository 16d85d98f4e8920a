package dev.quern.server.flight;

import dev.quern.connectors.ArrowMemory;
import dev.quern.server.SessionLimits;
import dev.quern.server.SqlSessions;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.Tls;
import dev.quern.server.metrics.Jobs;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.auth.ServerAuthHandler;
import org.apache.arrow.flight.grpc.ServerBackpressureThresholdInterceptor;
import org.apache.arrow.memory.BufferAllocator;

/** An Arrow Flight SQL server. */
public final class FlightEndpoint implements AutoCloseable {
  /** Arrow data of all clients on its way in or out, bytes. */
  private static final long MOST_MEMORY = 1L << 30;

  /** Bound parameters come in; results only go out. */
  private static final int MOST_MESSAGE_BYTES = 16 << 20;

  private static final int MOST_HEADER_BYTES = 16 << 10;

  /** Bytes that wait for a client before the query that makes them does. */
  private static final int BACKPRESSURE_BYTES = 1 << 20;

  private static final int MOST_CALLS_PER_CONNECTION = 64;
  private static final int KEEP_ALIVE_SECONDS = 60;

  /** For calls under way, and again once they are cancelled. */
  private static final int END_SECONDS = 3;

  /** Held here, as loggers that nobody holds forget their level. */
  private static final Logger NETWORK = Logger.getLogger("io.grpc.netty");

  private final BufferAllocator allocator;
  private final ExecutorService workers;
  private final ClientSessions sessions;
  private final Server server;

  private FlightEndpoint(
      BufferAllocator allocator, ExecutorService workers, ClientSessions sessions, Server server) {
    this.allocator = allocator;
    this.workers = workers;
    this.sessions = sessions;
    this.server = server;
  }

  /**
   * Starts a server.
   *
   * @param address where to listen; port 0 takes any free one
   * @param jobs counts the statements that run
   * @param log receives lines for the operator; never a key, a statement or a row
   * @throws IOException where the port is taken, or the certificate cannot be read
   */
  public static FlightEndpoint start(
      InetSocketAddress address,
      SqlSessions sql,
      ApiKeys keys,
      Optional<Tls> tls,
      SessionLimits limits,
      Jobs jobs,
      String version,
      PrintStream log)
      throws IOException {
    // It would show the bytes that strangers send, keys among them, with a stack trace each.
    NETWORK.setLevel(Level.OFF);
    BufferAllocator allocator = ArrowMemory.open(MOST_MEMORY);
    // Not virtual threads: a scan or a sort computes, and would keep others from the few carriers.
    ExecutorService workers =
        Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("quern-flight-", 0).factory());
    var sessions = new ClientSessions(sql, limits, log);
    try {
      var calls = new StatementCalls(limits, sql.places(), jobs, allocator, workers);
      var information =
          new SqlInformation(
              version,
              FlightServer.class.getPackage().getImplementationVersion(),
              limits.seconds());
      var gate = new CallGate(keys, sessions, workers);
      var producer = new QuernSqlProducer(calls, information, allocator);
      NettyServerBuilder builder = builder(address, gate, workers);
      builder.addService(MessageGuard.around(service(producer, allocator, workers)));
      if (tls.isPresent()) {
        builder.sslContext(context(tls.get()));
      }
      return new FlightEndpoint(allocator, workers, sessions, builder.build().start());
    } catch (IOException | RuntimeException e) {
      sessions.close();
      workers.shutdownNow();
      allocator.close();
      throw e;
    }
  }

  /** CallGate asks for keys; a handshake of Flight's own, which is deprecated, lets all in. */
  @SuppressWarnings("deprecation")
  private static ServerServiceDefinition service(
      QuernSqlProducer producer, BufferAllocator allocator, ExecutorService workers) {
    return FlightGrpcUtils.createFlightService(
            allocator, producer, ServerAuthHandler.NO_OP, workers)
        .bindService();
  }

  private static NettyServerBuilder builder(
      InetSocketAddress address, CallGate gate, ExecutorService workers) {
    return NettyServerBuilder.forAddress(address)
        .executor(workers)
        .maxInboundMessageSize(MOST_MESSAGE_BYTES)
        .maxInboundMetadataSize(MOST_HEADER_BYTES)
        .intercept(new ServerBackpressureThresholdInterceptor(BACKPRESSURE_BYTES))
        .intercept(gate)
        .addTransportFilter(gate)
        .maxConcurrentCallsPerConnection(MOST_CALLS_PER_CONNECTION)
        // A client that vanished without a word is cancelled.
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveTime(10, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true);
  }

  private static SslContext context(Tls tls) throws IOException {
    try (var certificates = Files.newInputStream(tls.certificates());
        var key = Files.newInputStream(tls.key())) {
      return GrpcSslContexts.forServer(certificates, key).build();
    }
  }

  /** The port that clients connect to. */
  public int port() {
    return server.getPort();
  }

  /** Sessions that have not ended. */
  int sessions() {
    return sessions.size();
  }

  /** Calls of sessions that are under way. */
  int calls() {
    return sessions.calls();
  }

  /** Bytes of Arrow data on its way in or out. */
  long memory() {
    return allocator.getAllocatedMemory();
  }

  /**
   * Takes no more calls, cancels statements that run, and ends all sessions.
   *
   * @throws IllegalStateException where memory was not given back
   */
  @Override
  public void close() {
    server.shutdown();
    sessions.close();
    boolean interrupted = false;
    try {
      if (!server.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow().awaitTermination(END_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    // Those that calls under way have opened since.
    sessions.close();
    workers.shutdown();
    try {
      workers.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    allocator.close();
  }
}
