package dev.quern.server;

import java.util.List;

/** Entry point of the command line {@code quern}: see DESIGN.md, "Command line". */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    var console = Console.ofProcess();
    int code = new CommandLineInterface(console, commands(console)).run(List.of(arguments));
    console.out().flush();
    console.err().flush();
    // Engine and HTTP threads must not keep a finished command alive.
    System.exit(code);
  }

  static List<Command> commands(Console console) {
    return List.of(
        new NotBuiltCommand(
            "quantize", "Writes a checkpoint with packed weights", "; checkpoints run as stored"),
        new NotBuiltCommand("bench", "Measures prefill, decode and jobs", ""),
        new NotBuiltCommand("bench-plan", "Prefix hits by row order and field order", ""),
        new NotBuiltCommand("verify-gpu", "Runs the device suite on a GPU", ""),
        new NotBuiltCommand(
            "jobs", "Lists journalled jobs", "; jobs that write are not journalled yet"),
        new NotBuiltCommand(
            "resume", "Resumes a killed job", "; run the statement again, it starts anew"));
  }
}
