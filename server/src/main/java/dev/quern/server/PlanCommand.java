package dev.quern.server;

import dev.quern.executor.model.plan.DeviceGroup;
import dev.quern.executor.model.plan.MemoryPlan;
import dev.quern.executor.model.plan.PlanReport;
import dev.quern.executor.model.plan.PlanRequest;
import dev.quern.executor.model.plan.QuantizationScheme;
import dev.quern.server.rows.RowFormat;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code quern plan}: what a model needs, and whether it fits; reads {@code config.json} alone. */
record PlanCommand(Console console) implements Command {
  @Override
  public CommandSpec spec() {
    var spec = CommandSpec.create().name("plan");
    spec.usageMessage().description("Tells what a model needs, and whether and why it fits or not");
    spec.addOption(
        Arguments.option("--model", "DIR", "folder with a config.json, or the file itself"));
    spec.addOption(
        Arguments.option("--devices", "NAME:COUNT", "a800, h800, h20, h20-141 or bytes: h800:8"));
    spec.addOption(Arguments.option("--quantization", "SCHEME", "scheme to fit; default: none"));
    spec.addOption(Arguments.option("--max-model-len", "N", "tokens of prompt and answer"));
    spec.addOption(Arguments.option("--max-num-seqs", "N", "sequences at a time"));
    spec.addOption(Arguments.option("--format", "FORMAT", "table or json; default: table"));
    return spec;
  }

  @Override
  public ExitCode run(ParseResult parsed) {
    var arguments = new Arguments(parsed);
    var format = arguments.choice("--format", RowFormat.class, RowFormat.TABLE);
    Path model =
        arguments
            .text("--model")
            .map(Path::of)
            .orElseThrow(() ->
                CommandException.badCommand(
                    "quern plan needs --model DIR, a folder with a config.json"));
    PlanReport report = MemoryPlan.of(model, request(arguments));
    switch (format) {
      case TABLE -> report.lines().forEach(console.out()::println);
      case JSON -> console.out().println(report.json());
      case CSV -> throw CommandException.badCommand("--format of plan must be table or json");
    }
    return ExitCode.DONE;
  }

  private static PlanRequest request(Arguments arguments) {
    try {
      return new PlanRequest(
          arguments.text("--devices").map(DeviceGroup::parse),
          arguments.text("--quantization").map(QuantizationScheme::parse),
          Optional.empty(),
          integer(arguments, "--max-model-len"),
          integer(arguments, "--max-num-seqs"));
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.BAD_COMMAND, e.getMessage(), e);
    }
  }

  private static OptionalInt integer(Arguments arguments, String name) {
    return arguments.integer(name, 1, 1 << 24).map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }
}
