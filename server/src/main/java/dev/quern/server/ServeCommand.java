package dev.quern.server;

import dev.quern.executor.engine.EmbeddedModel;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.model.GenerationConfig;
import dev.quern.server.openai.SamplingDefaults;
import dev.quern.server.query.Cancellation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code quern serve}: one engine for OpenAI's protocol, the web console and Flight SQL, until
 * Ctrl-C or SIGTERM.
 */
record ServeCommand(Console console, Engines engines, Cancellation cancellation)
    implements Command {

  /** To close what is left when requests have ended, or were told to. */
  private static final Duration TIDY_UP = Duration.ofSeconds(20);

  @Override
  public CommandSpec spec() {
    var spec = CommandSpec.create().name("serve");
    spec.usageMessage().description("Serves chat in OpenAI's protocol, and SQL over Arrow Flight");
    ServeOptions.addTo(spec);
    EngineFlags.addTo(spec);
    return spec;
  }

  @Override
  public ExitCode run(ParseResult parsed) {
    var arguments = new Arguments(parsed);
    EngineOptions options = EngineFlags.given(parsed).served();
    ServeOptions serve = ServeOptions.read(arguments);
    var end = new CountDownLatch(1);
    cancellation.allow(serve.http().grace().multipliedBy(2).plus(TIDY_UP));
    try (GenerateEngine engine = engines.open(options, console::notice)) {
      requireChat(engine, options);
      try (var _ = cancellation.onRequest(end::countDown);
          var serving =
              Serving.start(console, serve, engine, options, engines, defaults(options))) {
        serving.addresses().forEach(console::notice);
        end.await();
        console.notice("finishing requests ..");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return ExitCode.INTERRUPTED;
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
    try {
      return SamplingDefaults.of(GenerationConfig.read(folder));
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.UNUSABLE,
          "the sampling that generation_config.json of "
              + folder
              + " asks for cannot be: "
              + e.getMessage(),
          e);
    }
  }
}
