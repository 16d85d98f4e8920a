package dev.quern.server;

import dev.quern.server.query.Cancellation;
import dev.quern.server.query.Connections;
import dev.quern.server.query.StatementText;
import dev.quern.server.rows.RowFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code quern sql}: statements from the command line, a file, standard input or a prompt. */
record SqlCommand(Console console, Connections connections, Cancellation cancellation)
    implements Command {
  @Override
  public CommandSpec spec() {
    var spec = CommandSpec.create().name("sql");
    spec.usageMessage()
        .description(
            "Runs SQL; without -c and -f, statements from standard input or an interactive prompt");
    spec.addOption(Arguments.option("-c", "QUERY", "statements to run, separated by ;"));
    spec.addOption(Arguments.option("-f", "FILE", "file of statements to run"));
    spec.addOption(
        Arguments.option("--format", "FORMAT", "table, csv, json (a line a row); default: table"));
    spec.addOption(
        Arguments.option("--output", "FILE", "write the rows there, whole or not at all"));
    spec.addOption(Arguments.option("--stats", "FILE", "write what the job cost there, as JSON"));
    EngineFlags.addTo(spec);
    return spec;
  }

  @Override
  public ExitCode run(ParseResult parsed) {
    var arguments = new Arguments(parsed);
    var flags = EngineFlags.given(parsed);
    var format = arguments.choice("--format", RowFormat.class, RowFormat.TABLE);
    var output = arguments.text("--output").map(Path::of);
    var stats = arguments.text("--stats").map(Path::of);
    Optional<List<String>> statements = statements(arguments);
    var job = new SqlJob(console, connections, cancellation, flags, format);
    if (statements.isPresent()) {
      return job.run(statements.get(), output, stats);
    }
    if (output.isPresent() || stats.isPresent()) {
      throw CommandException.badCommand(
          "--output and --stats belong to a job; name its statements with -c or -f");
    }
    return job.prompt();
  }

  /** Empty when a person is to be asked for them. */
  private Optional<List<String>> statements(Arguments arguments) {
    Optional<String> query = arguments.text("-c");
    Optional<String> file = arguments.text("-f");
    if (query.isPresent() && file.isPresent()) {
      throw CommandException.badCommand("give -c or -f, not both");
    }
    if (query.isPresent()) {
      return Optional.of(StatementText.split(query.get(), "-c"));
    }
    if (file.isPresent()) {
      return Optional.of(StatementText.ofFile(Path.of(file.get())));
    }
    return console.inTerminal()
        ? Optional.empty()
        : Optional.of(StatementText.ofStream(console.in()));
  }
}
