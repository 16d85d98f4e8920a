package dev.quern.server;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * A command that the contract names and that a later issue builds: it says so, with exit code 2.
 */
record NotBuiltCommand(String name, String purpose, String instead) implements Command {
  @Override
  public CommandSpec spec() {
    var spec = CommandSpec.create().name(name);
    spec.usageMessage().description(purpose + " (not built yet)");
    // Its options are not known here: whatever follows, the answer is the same.
    spec.parser().unmatchedArgumentsAllowed(true).unmatchedOptionsArePositionalParams(true);
    return spec;
  }

  @Override
  public ExitCode run(ParseResult arguments) {
    throw CommandException.badCommand("quern " + name + " is not built yet" + instead);
  }
}
