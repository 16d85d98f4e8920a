package dev.quern.server;

import dev.quern.executor.device.DeviceException;
import dev.quern.executor.engine.EngineException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reads a command line, runs its command and turns failures into one sentence and an exit code. */
public final class CommandLineInterface {
  private final Console console;
  private final Map<String, Command> commands = new LinkedHashMap<>();

  /** The command line with the commands of Quern. */
  public CommandLineInterface(Console console, List<Command> commands) {
    this.console = console;
    commands.forEach(command -> this.commands.put(command.spec().name(), command));
  }

  /** Runs a command line and returns the exit code. */
  public int run(List<String> arguments) {
    boolean verbose = arguments.contains("--verbose");
    try {
      return dispatch(arguments).code();
    } catch (CommandException e) {
      report(e.getMessage(), e, verbose);
      return e.exitCode().code();
    } catch (EngineException | DeviceException e) {
      report(e.getMessage(), e, verbose);
      return ExitCode.UNUSABLE.code();
    } catch (RuntimeException e) {
      report("internal error: " + e + (verbose ? "" : "; --verbose shows where"), e, verbose);
      return ExitCode.QUERY_FAILED.code();
    }
  }

  private ExitCode dispatch(List<String> arguments) {
    var root = new CommandLine(rootSpec());
    root.setPosixClusteredShortOptionsAllowed(false);
    CommandLine.ParseResult parsed;
    try {
      parsed = root.parseArgs(arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      throw new CommandException(ExitCode.BAD_COMMAND, sentence(e), e);
    }
    if (parsed.hasMatchedOption("--version")) {
      console.out().println("quern " + Version.read());
      return ExitCode.DONE;
    }
    var inner = parsed.subcommand();
    if (parsed.hasMatchedOption("--help") || inner == null) {
      root.usage(
          inner == null && !parsed.hasMatchedOption("--help") ? console.err() : console.out());
      return parsed.hasMatchedOption("--help") ? ExitCode.DONE : ExitCode.BAD_COMMAND;
    }
    if (inner.hasMatchedOption("--help")) {
      inner.commandSpec().commandLine().usage(console.out());
      return ExitCode.DONE;
    }
    return commands.get(inner.commandSpec().name()).run(inner);
  }

  private CommandSpec rootSpec() {
    var root = CommandSpec.create().name("quern");
    root.usageMessage()
        .description("Large language models over tables, in SQL.")
        .footer("", "quern COMMAND --help shows the options of a command.");
    addCommonOptions(root);
    root.addOption(
        OptionSpec.builder("--version")
            .type(boolean.class)
            .arity("0")
            .description("print the version")
            .build());
    commands.forEach((name, command) -> {
      var spec = command.spec();
      addCommonOptions(spec);
      root.addSubcommand(name, new CommandLine(spec));
    });
    return root;
  }

  private static void addCommonOptions(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .type(boolean.class)
            .arity("0")
            .usageHelp(true)
            .description("show this help")
            .build());
    spec.addOption(
        OptionSpec.builder("--verbose")
            .type(boolean.class)
            .arity("0")
            .description("add stack traces to errors")
            .build());
  }

  private static String sentence(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      String typed = unmatched.getUnmatched().getFirst();
      CommandSpec at = e.getCommandLine().getCommandSpec();
      boolean isOption = typed.startsWith("-");
      int equals = typed.indexOf('=');
      String name = isOption && equals > 0 ? typed.substring(0, equals) : typed;
      List<String> valid = new ArrayList<>();
      if (isOption) {
        valid.addAll(at.optionsMap().keySet());
      } else {
        valid.addAll(at.subcommands().keySet());
      }
      String what =
          isOption ? "unknown option " : valid.isEmpty() ? "unexpected " : "unknown command ";
      return what
          + name
          + NearestName.of(name, valid).map(n -> "; did you mean " + n + "?").orElse("")
          + "; "
          + at.qualifiedName()
          + " --help lists what it takes";
    }
    return e.getMessage();
  }

  private void report(String message, Throwable cause, boolean verbose) {
    console.out().flush();
    console.err().println("quern: " + message);
    if (verbose) {
      cause.printStackTrace(console.err());
    }
  }
}
