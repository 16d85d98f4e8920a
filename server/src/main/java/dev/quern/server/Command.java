package dev.quern.server;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command of {@code quern}. */
public interface Command {
  /** Name, options and help. */
  CommandSpec spec();

  /**
   * Carries it out.
   *
   * @param arguments the part of the command line behind the command's name
   * @throws CommandException for what the user should know
   */
  ExitCode run(ParseResult arguments);
}
