package dev.quern.server;

import dev.quern.executor.bench.BenchRequest;
import dev.quern.executor.bench.Benchmark;
import dev.quern.executor.bench.Measured.Operation;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.LoadedModel;
import dev.quern.executor.model.plan.QuantizationScheme;
import dev.quern.server.rows.RowFormat;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code quern bench}: tokens a second, beside what the machine can do. */
record BenchCommand(Console console) implements Command {
  private static final int MOST = 1 << 24;

  @Override
  public CommandSpec spec() {
    var spec = CommandSpec.create().name("bench");
    spec.usageMessage()
        .description("Measures prefill, decoding and jobs beside the machine's peaks");
    spec.addOption(
        Arguments.option("--config", "config.json", "random weights of this shape, no --model"));
    spec.addOption(Arguments.option("--prompt-tokens", "N", "length of a prompt (default: 512)"));
    spec.addOption(Arguments.option("--generate-tokens", "N", "tokens generated (default: 64)"));
    spec.addOption(Arguments.option("--batch", "N,N", "rows at a time (default: 1,8,32)"));
    spec.addOption(
        Arguments.option(
            "--shared-prefix", "N", "leading prompt tokens that rows share (default: 0)"));
    spec.addOption(
        Arguments.option(
            "--operations", "LIST", "of prefill, decode, job (default: all; job with --rows)"));
    spec.addOption(Arguments.option("--rows", "N", "measure a job of so many rows as well"));
    spec.addOption(Arguments.option("--format", "FORMAT", "table or json; default: table"));
    EngineFlags.addTo(spec);
    return spec;
  }

  @Override
  public ExitCode run(ParseResult parsed) {
    var arguments = new Arguments(parsed);
    var format = arguments.choice("--format", RowFormat.class, RowFormat.TABLE);
    if (format == RowFormat.CSV) {
      throw CommandException.badCommand("--format of bench must be table or json");
    }
    Optional<Path> config = arguments.text("--config").map(Path::of);
    if (config.isPresent() && arguments.text("--model").isPresent()) {
      throw CommandException.badCommand("give --model or --config, not both");
    }
    // Random weights are made in the number format: nothing has to be converted.
    EngineOptions options =
        EngineFlags.given(parsed, config.isPresent() ? Set.of("quantization") : Set.of())
            .engineOnly("bench");
    Supplier<LoadedModel> model =
        config
            .<Supplier<LoadedModel>>map(file -> {
              QuantizationScheme scheme = scheme(arguments);
              return () -> LoadedModel.random(file, scheme);
            })
            .orElse(() -> LoadedModel.open(options));
    BenchRequest request = request(arguments, options);
    try (var benchmark = Benchmark.open(request, options, model, console::notice)) {
      BenchOutput output =
          format == RowFormat.JSON
              ? new BenchOutput.Json(console.out())
              : new BenchOutput.Table(console.out());
      benchmark.run(output::point);
      output.machine(benchmark.machine());
    }
    return ExitCode.DONE;
  }

  private static QuantizationScheme scheme(Arguments arguments) {
    try {
      return arguments
          .text("--quantization")
          .map(QuantizationScheme::parse)
          .orElse(QuantizationScheme.NONE);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.BAD_COMMAND, e.getMessage(), e);
    }
  }

  private static BenchRequest request(Arguments arguments, EngineOptions options) {
    Optional<Integer> rows = arguments.integer("--rows", 1, MOST);
    try {
      var request =
          new BenchRequest(
              operations(arguments.text("--operations"), rows.isPresent()),
              arguments.integer("--prompt-tokens", 1, MOST).orElse(512),
              arguments.integer("--generate-tokens", 1, MOST).orElse(64),
              batches(arguments.text("--batch").orElse("1,8,32")),
              arguments.integer("--shared-prefix", 0, MOST).orElse(0),
              rows.map(OptionalInt::of).orElseGet(OptionalInt::empty));
      request.check(options);
      return request;
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.BAD_COMMAND, e.getMessage(), e);
    }
  }

  private static Set<Operation> operations(Optional<String> given, boolean job) {
    if (given.isEmpty()) {
      return job ? EnumSet.allOf(Operation.class) : EnumSet.of(Operation.PREFILL, Operation.DECODE);
    }
    var operations = EnumSet.noneOf(Operation.class);
    for (String name : given.get().split(",", -1)) {
      operations.add(
          Arrays.stream(Operation.values())
              .filter(o -> o.label().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  CommandException.badCommand(
                      "--operations must name some of prefill, decode, job with commas between,"
                          + " but is "
                          + given.get())));
    }
    return operations;
  }

  private static List<Integer> batches(String text) {
    if (!text.matches("[1-9][0-9]{0,5}(,[1-9][0-9]{0,5})*")) {
      throw CommandException.badCommand(
          "--batch must be positive whole numbers with commas between, as 1,8,32, but is " + text);
    }
    return Arrays.stream(text.split(",", -1)).map(Integer::valueOf).toList();
  }
}
