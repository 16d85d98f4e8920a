package dev.quern.server;

import dev.quern.server.load.LoadException;
import dev.quern.server.load.LoadOutput;
import dev.quern.server.load.LoadRun;
import dev.quern.server.load.LoadShape;
import dev.quern.server.load.LoadTarget;
import dev.quern.server.load.ServerProcess;
import dev.quern.server.load.Soak;
import dev.quern.server.query.OutputFile;
import dev.quern.server.rows.RowFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code quern bench-serve}: what clients of a running server get. */
record BenchServeCommand(Console console) implements Command {
  private static final int MOST = 1 << 24;

  @Override
  public CommandSpec spec() {
    var spec = CommandSpec.create().name("bench-serve");
    spec.usageMessage()
        .description("Measures a running server: streamed chats from many clients at once");
    spec.addOption(Arguments.option("--url", "URL", "the server; default: http://127.0.0.1:8000"));
    spec.addOption(Arguments.option("--api-key-file", "FILE", "its first line is sent as key"));
    spec.addOption(Arguments.option("--clients", "N,N", "clients at a time (default: 1,8,32)"));
    spec.addOption(Arguments.option("--requests", "N", "requests of each point (default: 64)"));
    spec.addOption(Arguments.option("--prompt-tokens", "N", "length of a prompt (default: 128)"));
    spec.addOption(
        Arguments.option(
            "--shared-prefix", "N", "leading prompt tokens that all share (default: 0)"));
    spec.addOption(Arguments.option("--generate-tokens", "N", "tokens generated (default: 32)"));
    spec.addOption(
        Arguments.option(
            "--soak-minutes", "N", "instead: one point for so long, with --clients N"));
    spec.addOption(
        Arguments.option(
            "--disconnect", "SHARE", "of a soak: share of clients that hang up (default: 0)"));
    spec.addOption(
        Arguments.option("--server-pid", "PID", "of a soak: the server's process, for its memory"));
    spec.addOption(Arguments.option("--format", "FORMAT", "table or json; default: table"));
    return spec;
  }

  @Override
  public ExitCode run(ParseResult parsed) {
    var arguments = new Arguments(parsed);
    var format = arguments.choice("--format", RowFormat.class, RowFormat.TABLE);
    if (format == RowFormat.CSV) {
      throw CommandException.badCommand("--format of bench-serve must be table or json");
    }
    LoadOutput output =
        format == RowFormat.JSON
            ? new LoadOutput.Json(console.out())
            : new LoadOutput.Table(console.out());
    List<Integer> clients = clients(arguments.text("--clients"));
    Optional<Soak> soak = soak(arguments, clients);
    int requests = arguments.integer("--requests", 1, MOST).orElse(64);
    Optional<Integer> pid = arguments.integer("--server-pid", 1, Integer.MAX_VALUE);
    try (var load = LoadRun.open(target(arguments), shape(arguments))) {
      if (soak.isPresent()) {
        soak(load, soak.get(), pid, output);
      } else {
        for (int count : clients) {
          output.figures(load.run(count, requests));
        }
      }
    } catch (LoadException e) {
      throw new CommandException(ExitCode.QUERY_FAILED, e.getMessage(), e);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.QUERY_FAILED,
          "the server's memory cannot be read any more: " + e.getMessage(),
          e);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.BAD_COMMAND, e.getMessage(), e);
    } catch (InterruptedException e) {
      return ExitCode.INTERRUPTED;
    }
    return ExitCode.DONE;
  }

  private static void soak(LoadRun load, Soak soak, Optional<Integer> pid, LoadOutput output)
      throws LoadException, IOException, InterruptedException {
    if (pid.isEmpty()) {
      soak.run(load, Optional.empty(), output);
      return;
    }
    try (var process = ServerProcess.attach(pid.get())) {
      soak.run(load, Optional.of(process), output);
    }
  }

  private static Optional<Soak> soak(Arguments arguments, List<Integer> clients) {
    Optional<Integer> minutes = arguments.integer("--soak-minutes", 1, 100_000);
    if (minutes.isEmpty()) {
      for (String option : List.of("--disconnect", "--server-pid")) {
        if (arguments.text(option).isPresent()) {
          throw CommandException.badCommand(option + " belongs to --soak-minutes");
        }
      }
      return Optional.empty();
    }
    if (clients.size() != 1) {
      throw CommandException.badCommand(
          "--soak-minutes takes one number of --clients, such as --clients 64");
    }
    String share = arguments.text("--disconnect").orElse("0");
    if (!share.matches("0|1|0?\\.[0-9]{1,9}|1\\.0|0\\.0")) {
      throw CommandException.badCommand("--disconnect must be in [0, 1] but is " + share);
    }
    return Optional.of(
        new Soak(clients.getFirst(), Duration.ofMinutes(minutes.get()), Double.parseDouble(share)));
  }

  private static LoadShape shape(Arguments arguments) {
    return new LoadShape(
        arguments.integer("--prompt-tokens", 1, MOST).orElse(128),
        arguments.integer("--shared-prefix", 0, MOST).orElse(0),
        arguments.integer("--generate-tokens", 1, MOST).orElse(32));
  }

  private static LoadTarget target(Arguments arguments) {
    String text = arguments.text("--url").orElse("http://127.0.0.1:8000");
    if (!text.matches("https?://[^/?#\\s]+(/[^?#\\s]*)?")) {
      throw CommandException.badCommand(
          "--url must be as http://127.0.0.1:8000 but is '" + text + "'");
    }
    return new LoadTarget(
        URI.create(text), arguments.text("--api-key-file").map(BenchServeCommand::firstLine));
  }

  private static String firstLine(String file) {
    try (var lines = Files.lines(Path.of(file))) {
      return lines
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .findFirst()
          .orElseThrow(
              () -> CommandException.badCommand("--api-key-file " + file + " holds no key"));
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND,
          "--api-key-file " + file + " cannot be read: " + OutputFile.reason(e),
          e);
    }
  }

  private static List<Integer> clients(Optional<String> given) {
    String text = given.orElse("1,8,32");
    if (!text.matches("[1-9][0-9]{0,4}(,[1-9][0-9]{0,4})*")) {
      throw CommandException.badCommand(
          "--clients must be positive whole numbers with commas between, as 1,8,32, but is "
              + text);
    }
    return Arrays.stream(text.split(",", -1)).map(Integer::valueOf).toList();
  }
}
