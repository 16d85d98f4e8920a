package dev.quern.server;

import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.LoadedModel;
import dev.quern.executor.model.packed.PackedCheckpoint;
import dev.quern.executor.model.packed.PackedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code quern quantize}: a checkpoint as packed weights, which load by memory mapping. */
record QuantizeCommand(Console console) implements Command {
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
    if (Files.isRegularFile(source) || PackedCheckpoint.isIn(source)) {
      throw CommandException.badCommand(
          "--model "
              + source
              + ": quern quantize takes a Hugging Face folder; a GGUF file and packed weights are"
              + " quantized already");
    }
    if (Files.exists(output)) {
      throw CommandException.badCommand(
          "--output " + output + " exists already; name a new folder");
    }
    try (LoadedModel model = LoadedModel.open(options(values))) {
      model.warning().ifPresent(console::notice);
      long bytes =
          new PackedWriter(source, model.checkpoint(), model.quantization().label()).write(output);
      console.out().printf("%s: %,d MiB of packed weights%n", output, bytes >> 20);
    }
    return ExitCode.DONE;
  }

  private static EngineOptions options(Map<String, String> values) {
    try {
      return EngineOptions.parse(values);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.BAD_COMMAND, "--" + e.getMessage(), e);
    }
  }
}
