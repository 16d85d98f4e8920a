package dev.quern.server;

import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpLimits;
import dev.quern.server.http.Tls;
import dev.quern.server.query.OutputFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The options of {@code quern serve} beside the engine's.
 *
 * @param metricsPort empty: no metrics
 * @param flightPort empty: no Flight SQL
 * @param dataRoot folder that SQL may read and write files in; empty: none
 * @param stateDir folder that files and batches are kept in; empty: the usual one
 */
record ServeOptions(
    InetAddress host,
    int port,
    OptionalInt metricsPort,
    OptionalInt flightPort,
    ApiKeys keys,
    Optional<Tls> tls,
    Optional<Path> dataRoot,
    Optional<Path> stateDir,
    HttpLimits http,
    SessionLimits sql) {
  private static final String OFF = "off";

  static void addTo(CommandSpec spec) {
    option(spec, "--host", "ADDRESS", "where to listen; default: 127.0.0.1, this machine only");
    option(spec, "--port", "PORT", "HTTP; default: 8000; 0 takes any free one");
    option(spec, "--metrics-port", "PORT", "Prometheus; default: 8001; off: none");
    option(spec, "--flight-port", "PORT", "Arrow Flight SQL; default: 32010; off: none");
    option(spec, "--api-key-file", "FILE", "keys that clients must send, one a line");
    option(spec, "--tls-cert", "FILE", "PEM certificates: HTTP and Flight SQL speak TLS");
    option(spec, "--tls-key", "FILE", "PEM private key of --tls-cert");
    option(spec, "--data-root", "DIR", "folder whose files SQL may use; default: none");
    option(
        spec,
        "--state-dir",
        "DIR",
        "keeps files and batches; default: ~/.local/state/quern/serve-PORT");
    option(spec, "--max-requests", "N", "HTTP requests that run or wait; default: 512");
    option(spec, "--max-key-requests", "N", "of them with one API key; default: all");
    option(spec, "--max-connections", "N", "HTTP connections that are open; default: 4096");
    option(spec, "--max-body-mib", "N", "largest HTTP body; default: 16");
    option(spec, "--shutdown-seconds", "N", "for running requests at the end; default: 10");
    option(spec, SessionLimits.ROWS, "N", "rows of a query; default: 10000000");
    option(spec, SessionLimits.STATEMENTS, "N", "statements of one key at a time; default: 16");
    option(spec, SessionLimits.SECONDS, "N", "longest time of a statement; default: 86400");
    option(spec, SessionLimits.SESSIONS, "N", "SQL sessions of all clients; default: 256");
    option(spec, SessionLimits.MODELS, "N", "models of SQL clients beside the served; default: 2");
    option(spec, SessionLimits.IDLE, "N", "minutes until an idle session ends; default: 30");
  }

  private static void option(CommandSpec spec, String name, String label, String help) {
    spec.addOption(Arguments.option(name, label, help));
  }

  /**
   * @throws CommandException (exit code 2) naming the option that cannot be
   */
  static ServeOptions read(Arguments arguments) {
    Optional<Path> dataRoot = arguments.text("--data-root").map(Path::of);
    if (dataRoot.isPresent() && !Files.isDirectory(dataRoot.get())) {
      throw CommandException.badCommand("--data-root " + dataRoot.get() + " is no folder");
    }
    return new ServeOptions(
        host(arguments.text("--host").orElse("127.0.0.1")),
        arguments.integer("--port", 0, 65535).orElse(8000),
        port(arguments, "--metrics-port", 8001),
        port(arguments, "--flight-port", 32010),
        arguments.text("--api-key-file").map(Path::of).map(ServeOptions::keys).orElse(ApiKeys.NONE),
        tls(arguments),
        dataRoot,
        arguments.text("--state-dir").map(Path::of),
        http(arguments),
        sql(arguments));
  }

  private static HttpLimits http(Arguments arguments) {
    HttpLimits usual = HttpLimits.DEFAULT;
    int requests = arguments.integer("--max-requests", 1, 100_000).orElse(usual.requests());
    return new HttpLimits(
        arguments.integer("--max-body-mib", 1, 1024).map(m -> m << 20).orElse(usual.bodyBytes()),
        requests,
        arguments.integer("--max-key-requests", 1, 100_000).orElse(requests),
        arguments.integer("--max-connections", 1, 1_000_000).orElse(usual.connections()),
        usual.requestTime(),
        arguments
            .integer("--shutdown-seconds", 0, 86_400)
            .map(Duration::ofSeconds)
            .orElse(usual.grace()));
  }

  private static SessionLimits sql(Arguments arguments) {
    SessionLimits usual = SessionLimits.DEFAULT;
    int most = 999_999_999;
    return new SessionLimits(
        arguments.integer(SessionLimits.ROWS, 1, most).map(Long::valueOf).orElse(usual.rows()),
        arguments.integer(SessionLimits.STATEMENTS, 1, 10_000).orElse(usual.statements()),
        arguments
            .integer(SessionLimits.SECONDS, 1, most)
            .map(Long::valueOf)
            .orElse(usual.seconds()),
        arguments.integer(SessionLimits.SESSIONS, 1, 100_000).orElse(usual.sessions()),
        arguments.integer(SessionLimits.MODELS, 0, 1000).orElse(usual.models()),
        arguments
            .integer(SessionLimits.IDLE, 1, 100_000)
            .map(Duration::ofMinutes)
            .orElse(usual.idle()));
  }

  private static OptionalInt port(Arguments arguments, String name, int usual) {
    if (arguments.text(name).map(OFF::equals).orElse(false)) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(arguments.integer(name, 0, 65535).orElse(usual));
  }

  private static InetAddress host(String name) {
    try {
      return InetAddress.getByName(name);
    } catch (UnknownHostException e) {
      throw new CommandException(ExitCode.BAD_COMMAND, "--host " + name + " is not known", e);
    }
  }

  private static Optional<Tls> tls(Arguments arguments) {
    Optional<Path> certificates = arguments.text("--tls-cert").map(Path::of);
    Optional<Path> key = arguments.text("--tls-key").map(Path::of);
    if (certificates.isPresent() != key.isPresent()) {
      throw CommandException.badCommand("--tls-cert and --tls-key go together; give both");
    }
    certificates.ifPresent(file -> requireFile("--tls-cert", file));
    key.ifPresent(file -> requireFile("--tls-key", file));
    return certificates.map(file -> new Tls(file, key.orElseThrow()));
  }

  private static void requireFile(String option, Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw CommandException.badCommand(option + " " + file + " is no file that can be read");
    }
  }

  private static ApiKeys keys(Path file) {
    try {
      List<String> keys =
          Files.readAllLines(file).stream().map(String::strip).filter(k -> !k.isEmpty()).toList();
      if (keys.isEmpty()) {
        throw CommandException.badCommand("--api-key-file " + file + " holds no key");
      }
      return new ApiKeys(keys);
    } catch (NoSuchFileException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND, "--api-key-file " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND,
          "--api-key-file " + file + " cannot be read: " + OutputFile.reason(e),
          e);
    }
  }
}
