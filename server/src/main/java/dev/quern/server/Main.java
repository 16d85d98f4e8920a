package dev.quern.server;

import dev.quern.executor.engine.EmbeddedModel;
import dev.quern.executor.engine.LocalEngine;
import dev.quern.server.query.Cancellation;
import dev.quern.server.query.Connections;
import dev.quern.server.query.Interruption;
import dev.quern.sql.LocalEngines;
import dev.quern.sql.jdbc.QuernDriver;
import java.util.List;

/** Entry point of the command line {@code quern}: see DESIGN.md, "Command line". */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    var console = Console.ofProcess();
    var driver = new QuernDriver(new LocalEngines(console::notice));
    Connections connections = properties -> driver.connect(QuernDriver.PREFIX, properties);
    int code;
    try (var interruption = Interruption.listen()) {
      var commands = commands(console, connections, LocalEngine::open, interruption);
      code = new CommandLineInterface(console, commands).run(List.of(arguments));
      console.out().flush();
      console.err().flush();
    }
    // Engine and HTTP threads must not keep a finished command alive.
    System.exit(code);
  }

  /** All commands of the contract. */
  static List<Command> commands(
      Console console, Connections connections, Engines engines, Cancellation cancellation) {
    return List.of(
        new DemoCommand(console, connections, cancellation),
        new SqlCommand(console, connections, cancellation),
        new ServeCommand(console, engines, cancellation),
        new PlanCommand(console),
        new ScoreCommand(console),
        new QuantizeCommand(console, cancellation),
        new BenchCommand(console),
        new BenchServeCommand(console),
        new BenchPlanCommand(console, EmbeddedModel::folder),
        new NotBuiltCommand("verify-gpu", "Runs the device suite on a GPU", ""),
        new NotBuiltCommand(
            "jobs", "Lists journalled jobs", "; jobs that write are not journalled yet"),
        new NotBuiltCommand(
            "resume", "Resumes a killed job", "; run the statement again, it starts anew"),
        new WarmUpCommand(connections));
  }
}
