package dev.quern.server;

import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.LoadedModel;
import dev.quern.executor.model.packed.PackedCheckpoint;
import dev.quern.executor.model.packed.PackedWriter;
import dev.quern.server.query.Cancellation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code quern quantize}: a checkpoint as packed weights, which load by memory mapping. */
record QuantizeCommand(Console console, Cancellation cancellation) implements Command {
  @Override
  public CommandSpec spec() {
    var spec = CommandSpec.create().name("quantize");
    spec.usageMessage().description("Writes a checkpoint with packed weights, which load at once");
    spec.addOption(Arguments.option("--model", "DIR", "folder of the checkpoint"));
    spec.addOption(
        Arguments.option("--quantization", "SCHEME", "none (as stored), wint8, wint4, wint2, .."));
    spec.addOption(
        Arguments.option(
            "--quantization-config", "FILE", "JSON with a scheme per part of the model"));
    spec.addOption(Arguments.option("--output", "DIR", "a new folder"));
    return spec;
  }

  @Override
  public ExitCode run(ParseResult parsed) {
    var arguments = new Arguments(parsed);
    Map<String, String> values = new TreeMap<>();
    for (String name : new String[] {"model", "quantization", "quantization-config"}) {
      arguments.text("--" + name).ifPresent(value -> values.put(name, value));
    }
    String wanted = "quern quantize needs --model DIR --quantization SCHEME --output DIR";
    boolean named = values.containsKey("quantization") || values.containsKey("quantization-config");
    if (!values.containsKey("model") || !named) {
      throw CommandException.badCommand(wanted);
    }
    Path output =
        arguments
            .text("--output")
            .map(Path::of)
            .orElseThrow(() -> CommandException.badCommand(wanted));
    Path source = Path.of(values.get("model"));
    refuseOtherSources(source);
    if (Files.exists(output)) {
      throw CommandException.badCommand(
          "--output " + output + " exists already; name a new folder");
    }
    Thread writing = Thread.currentThread();
    try (LoadedModel model = LoadedModel.open(options(values));
        var _ = cancellation.onRequest(writing::interrupt)) {
      model.warning().ifPresent(console::notice);
      long bytes = new PackedWriter(source, model.checkpoint(), model.quantization()).write(output);
      console.out().printf(Locale.ROOT, "%s: %,d bytes of packed weights%n", output, bytes);
    } catch (EngineException e) {
      throw cancellation.requested()
          ? new CommandException(ExitCode.INTERRUPTED, e.getMessage(), e)
          : e;
    }
    return ExitCode.DONE;
  }

  private static void refuseOtherSources(Path source) {
    if (PackedCheckpoint.isIn(source)) {
      throw CommandException.badCommand(
          "--model "
              + source
              + " holds packed weights; give the checkpoint that they were made from");
    }
    if (Files.isRegularFile(source)) {
      throw CommandException.badCommand(
          "--model "
              + source
              + ": quern quantize reads folders with config.json and safetensors files, no single"
              + " files; a GGUF file runs as it is, or with --quantization");
    }
  }

  private static EngineOptions options(Map<String, String> values) {
    try {
      return EngineOptions.parse(values);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.BAD_COMMAND, "--" + e.getMessage(), e);
    }
  }
}
