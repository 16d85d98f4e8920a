package dev.quern.server;

import dev.quern.connectors.FileAccess;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.server.batches.BatchLimits;
import dev.quern.server.batches.BatchService;
import dev.quern.server.batches.StateFolder;
import dev.quern.server.console.ConsoleLimits;
import dev.quern.server.console.ConsoleRoutes;
import dev.quern.server.flight.FlightEndpoint;
import dev.quern.server.http.HttpEndpoint;
import dev.quern.server.http.Routes;
import dev.quern.server.metrics.Jobs;
import dev.quern.server.metrics.Meters;
import dev.quern.server.metrics.MetricsEndpoint;
import dev.quern.server.openai.OpenAiRoutes;
import dev.quern.server.openai.SamplingDefaults;
import dev.quern.server.query.OutputFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The endpoints around one engine. */
final class Serving implements AutoCloseable {
  /** Opens an endpoint. */
  private interface Opening<T extends AutoCloseable> {
    T start(InetSocketAddress address) throws IOException;
  }

  private final ServeOptions options;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final List<Runnable> stops = new ArrayList<>();
  private final List<AutoCloseable> listeners = new ArrayList<>();
  private final List<String> addresses = new ArrayList<>();

  private Serving(ServeOptions options) {
    this.options = options;
  }

  /**
   * Starts all that the options ask for. The engine stays the caller's.
   *
   * @param engineOptions that the engine was opened with
   * @param others opens the models that SQL sessions create
   * @throws CommandException (exit code 2) naming the option of an address that cannot be had
   */
  static Serving start(
      Console console,
      ServeOptions options,
      GenerateEngine engine,
      EngineOptions engineOptions,
      Engines others,
      SamplingDefaults defaults) {
    var serving = new Serving(options);
    try {
      serving.open(console, engine, engineOptions, others, defaults);
      return serving;
    } catch (RuntimeException e) {
      serving.close();
      throw e;
    }
  }

  private void open(
      Console console,
      GenerateEngine engine,
      EngineOptions engineOptions,
      Engines others,
      SamplingDefaults defaults) {
    SqlSessions sessions =
        SqlSessions.on(
            engine,
            engineOptions,
            files(),
            wanted -> others.open(wanted, console::notice),
            options.sql().models(),
            new SqlPlaces(options.sql(), options.keys().keys().size()));
    InstantSource clock = InstantSource.system();
    Meters meters = Meters.of(engine);
    var openAi = new OpenAiRoutes(engine, defaults, clock, meters);
    var routes = new Routes.Builder();
    openAi.addTo(routes);
    batches(console, engine, openAi, meters, clock).addTo(routes);
    open.push(
        ConsoleRoutes.addTo(
            routes,
            sessions,
            engine,
            demoTable(),
            ConsoleLimits.within(options.sql()),
            meters.jobs(Jobs.Kind.CONSOLE)));
    OptionalInt metricsPort = metrics(meters);
    HttpEndpoint http =
        listen(
            "--port",
            OptionalInt.of(options.port()),
            address ->
                HttpEndpoint.start(
                    address,
                    options.tls(),
                    routes.build(),
                    options.keys(),
                    options.http(),
                    meters,
                    console.err()));
    addresses.add(
        "serving "
            + engine.model().name()
            + " on "
            + (options.tls().isPresent() ? "https://" : "http://")
            + shown(http.address().getPort())
            + "/v1 (Ctrl-C ends)");
    metricsPort.ifPresent(port -> addresses.add("metrics on http://" + shown(port) + "/metrics"));
    if (options.keys().keys().isEmpty() && !options.host().isLoopbackAddress()) {
      addresses.add(
          "anyone who reaches "
              + options.host().getHostAddress()
              + " may use this server, SQL and the files of --data-root included;"
              + " --api-key-file asks for keys");
    }
    if (options.flightPort().isPresent()) {
      FlightEndpoint flight =
          listen(
              "--flight-port",
              options.flightPort(),
              address ->
                  FlightEndpoint.start(
                      address,
                      sessions,
                      options.keys(),
                      options.tls(),
                      options.sql(),
                      meters.jobs(Jobs.Kind.FLIGHT),
                      Version.read(),
                      console.err()));
      addresses.add(
          "Flight SQL on grpc"
              + (options.tls().isPresent() ? "+tls" : "")
              + "://"
              + shown(flight.port()));
    }
  }

  /** The port that metrics are had at. */
  private OptionalInt metrics(Meters meters) {
    if (options.metricsPort().isEmpty()) {
      return OptionalInt.empty();
    }
    MetricsEndpoint endpoint =
        listen(
            "--metrics-port",
            options.metricsPort(),
            address -> MetricsEndpoint.start(address, meters));
    // Ends with the rest, behind the listeners: their end can be watched too.
    listeners.remove(endpoint);
    open.push(endpoint);
    return OptionalInt.of(endpoint.address().getPort());
  }

  /** Opened before the listeners, and so closed after them. */
  private BatchService batches(
      Console console,
      GenerateEngine engine,
      OpenAiRoutes openAi,
      Meters meters,
      InstantSource clock) {
    StateFolder state = new ServeState(options.stateDir(), options.port()).open(console::notice);
    try {
      BatchService batches =
          BatchService.open(
              state,
              engine,
              openAi.batchEndpoints(),
              BatchLimits.DEFAULT.sharedBy(options.keys().keys().size()),
              BatchMeters.of(meters),
              clock,
              console.err());
      open.push(batches);
      stops.add(batches::stop);
      return batches;
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND,
          "files and batches cannot be read: "
              + OutputFile.reason(e)
              + "; name another --state-dir",
          e);
    }
  }

  /** The demo's table, where sessions can read it. */
  private Optional<String> demoTable() {
    String table = "tickets.parquet";
    return options
        .dataRoot()
        .filter(root -> Files.isRegularFile(root.resolve(table)))
        .map(_ -> table);
  }

  private FileAccess files() {
    if (options.dataRoot().isEmpty()) {
      return FileAccess.none();
    }
    try {
      return FileAccess.under(options.dataRoot().get());
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND,
          "--data-root " + options.dataRoot().get() + " cannot be read: " + e.getMessage(),
          e);
    }
  }

  private <T extends AutoCloseable> T listen(String option, OptionalInt port, Opening<T> opening) {
    var address = new InetSocketAddress(options.host(), port.orElseThrow());
    try {
      T endpoint = opening.start(address);
      listeners.add(endpoint);
      return endpoint;
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND,
          "cannot listen on "
              + shown(address.getPort())
              + ": "
              + e.getMessage()
              + "; choose another "
              + option,
          e);
    }
  }

  private String shown(int port) {
    String host = options.host().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Where clients find what: lines for people. */
  List<String> addresses() {
    return List.copyOf(addresses);
  }

  /**
   * Hands batches back, which leaves the engine to clients that wait, ends the listeners side by
   * side, as each waits for its own clients, then the rest, the last first. What fails to end keeps
   * nothing else open.
   *
   * @throws IllegalStateException when something failed
   */
  @Override
  public void close() {
    var failures = new ConcurrentLinkedQueue<Exception>();
    stops.forEach(stop -> close(stop::run, failures));
    List<Thread> closers =
        listeners.stream()
            .map(listener -> Thread.ofVirtual().start(() -> close(listener, failures)))
            .toList();
    boolean interrupted = false;
    for (Thread closer : closers) {
      while (closer.isAlive()) {
        try {
          closer.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    listeners.clear();
    while (!open.isEmpty()) {
      close(open.pop(), failures);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (!failures.isEmpty()) {
      var all =
          new IllegalStateException(
              "an endpoint did not end well: " + failures.peek().getMessage());
      failures.forEach(all::addSuppressed);
      throw all;
    }
  }

  private static void close(AutoCloseable one, Queue<Exception> failures) {
    try {
      one.close();
    } catch (Exception e) {
      failures.add(e);
    }
  }
}
