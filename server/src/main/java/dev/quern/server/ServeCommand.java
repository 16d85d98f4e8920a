package dev.quern.server;

import dev.quern.executor.engine.EmbeddedModel;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.model.GenerationConfig;
import dev.quern.server.http.ApiKeys;
import dev.quern.server.http.HttpEndpoint;
import dev.quern.server.http.HttpLimits;
import dev.quern.server.http.Routes;
import dev.quern.server.metrics.Meters;
import dev.quern.server.metrics.MetricsEndpoint;
import dev.quern.server.openai.OpenAiRoutes;
import dev.quern.server.openai.SamplingDefaults;
import dev.quern.server.query.Cancellation;
import dev.quern.server.query.OutputFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code quern serve}: the chat endpoint, until Ctrl-C or SIGTERM. */
record ServeCommand(Console console, Engines engines, Cancellation cancellation)
    implements Command {
  private static final List<String> NOT_BUILT = List.of("--flight-port", "--data-root");

  @Override
  public CommandSpec spec() {
    var spec = CommandSpec.create().name("serve");
    spec.usageMessage().description("Serves chat over HTTP, in OpenAI's protocol");
    spec.addOption(Arguments.option("--host", "ADDRESS", "where to listen; default: 127.0.0.1"));
    spec.addOption(Arguments.option("--port", "PORT", "default: 8000; 0 takes any free one"));
    spec.addOption(
        Arguments.option("--api-key-file", "FILE", "keys that clients must send, one a line"));
    spec.addOption(
        Arguments.option(
            "--metrics-port", "PORT", "of GET /metrics; default: 8001; 0 takes any free one"));
    spec.addOption(Arguments.option("--flight-port", "PORT", "not built yet"));
    spec.addOption(Arguments.option("--data-root", "DIR", "not built yet"));
    EngineFlags.addTo(spec);
    return spec;
  }

  @Override
  public ExitCode run(ParseResult parsed) {
    var arguments = new Arguments(parsed);
    for (String option : NOT_BUILT) {
      if (arguments.text(option).isPresent()) {
        throw CommandException.badCommand(option + " is not built yet; leave it out");
      }
    }
    EngineOptions options = EngineFlags.given(parsed).engineOnly("serve");
    var keys = arguments.text("--api-key-file").map(Path::of).map(ServeCommand::keys);
    var address =
        new InetSocketAddress(
            arguments.text("--host").orElse("127.0.0.1"),
            arguments.integer("--port", 0, 65535).orElse(8000));
    int metricsPort = arguments.integer("--metrics-port", 0, 65535).orElse(8001);
    if (address.isUnresolved()) {
      throw CommandException.badCommand("--host " + address.getHostString() + " is not known");
    }
    try (GenerateEngine engine = engines.open(options, console::notice)) {
      requireChat(engine, options);
      serve(address, metricsPort, engine, defaults(options), keys.orElse(ApiKeys.NONE));
    }
    return ExitCode.INTERRUPTED;
  }

  private void serve(
      InetSocketAddress address,
      int metricsPort,
      GenerateEngine engine,
      SamplingDefaults defaults,
      ApiKeys keys) {
    var end = new CountDownLatch(1);
    var meters = Meters.of(engine);
    var routes = new Routes.Builder();
    OpenAiRoutes.addTo(routes, engine, defaults, meters);
    try (var _ = cancellation.onRequest(end::countDown);
        var metrics = metrics(new InetSocketAddress(address.getAddress(), metricsPort), meters);
        var server =
            HttpEndpoint.start(
                address,
                Optional.empty(),
                routes.build(),
                keys,
                HttpLimits.DEFAULT,
                meters,
                console.err())) {
      console.notice(
          "serving "
              + engine.model().name()
              + " on http://"
              + address.getHostString()
              + ":"
              + server.address().getPort()
              + "/v1, metrics on port "
              + metrics.address().getPort()
              + " (Ctrl-C ends)");
      end.await();
      console.notice("finishing requests ..");
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND,
          "cannot listen on " + address + ": " + e.getMessage() + "; choose another --port",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static MetricsEndpoint metrics(InetSocketAddress address, Meters meters) {
    try {
      return MetricsEndpoint.start(address, meters);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND,
          "cannot listen on " + address + ": " + e.getMessage() + "; choose another --metrics-port",
          e);
    }
  }

  private static void requireChat(GenerateEngine engine, EngineOptions options) {
    if (!engine.model().tokenizer() || !engine.model().chatTemplate()) {
      throw new CommandException(
          ExitCode.UNUSABLE,
          options.model().orElse("the model")
              + " has no "
              + (engine.model().tokenizer() ? "chat template" : "tokenizer")
              + ", and chat needs one; use a checkpoint made for chat");
    }
  }

  private static SamplingDefaults defaults(EngineOptions options) {
    Path folder = options.model().map(Path::of).orElseGet(EmbeddedModel::folder);
    return SamplingDefaults.of(GenerationConfig.read(folder));
  }

  private static ApiKeys keys(Path file) {
    try {
      var keys = Files.readAllLines(file).stream().map(String::strip).filter(k -> !k.isEmpty());
      var list = keys.toList();
      if (list.isEmpty()) {
        throw CommandException.badCommand("--api-key-file " + file + " holds no key");
      }
      return new ApiKeys(list);
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
