package dev.quern.server;

import dev.quern.server.query.Cancellation;
import dev.quern.server.query.Connections;
import dev.quern.server.rows.RowFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code quern demo}: GENERATE over a table of support tickets, on the embedded model. */
record DemoCommand(Console console, Connections connections, Cancellation cancellation)
    implements Command {
  /** System property that names the folder with the demo's table. */
  static final String FOLDER = "quern.demo";

  private static final String TICKETS = "tickets.parquet";

  static final List<String> STATEMENTS =
      List.of(
          """
          SELECT id, product, body,
                 GENERATE('Summarize in one sentence: ' || body, max_tokens => 32) AS summary
          FROM tickets
          LIMIT 12\
          """,
          """
          SELECT t.id, t.d.text AS answer, t.d.prompt_tokens, t.d.cached_tokens
          FROM (SELECT id, GENERATE_DETAILS('Is this review positive or negative? '
                             || 'Answer with one word. ' || body, max_tokens => 6) AS d
                FROM tickets
                WHERE id IN (2, 9, 11, 13, 23)) AS t\
          """);

  @Override
  public CommandSpec spec() {
    var spec = CommandSpec.create().name("demo");
    spec.usageMessage().description("Runs GENERATE over a small table and shows the answers");
    EngineFlags.addTo(spec);
    return spec;
  }

  @Override
  public ExitCode run(ParseResult parsed) {
    Path table = table();
    var job =
        new SqlJob(console, connections, cancellation, EngineFlags.given(parsed), RowFormat.TABLE);
    ExitCode code = job.demonstrate(List.of(setUp(table)), STATEMENTS);
    console
        .out()
        .println(
            """

            These are true answers of a small model that is often wrong; a larger one is a folder away.
            Next:
              ./quern sql                              an interactive prompt
              ./quern sql -c "SELECT id, GENERATE('Sum up in five words: ' || body) FROM '%s'"
              ./quern sql --model DIR -c "..."         your own checkpoint: ERNIE-4.5 or Llama
              ./quern plan --model DIR                 what it needs, and whether it fits
              ./quern serve                            the same engine behind a chat endpoint\
            """
                .formatted(table));
    return code;
  }

  /** The table's folder has a name of its own on every machine; statements use a short one. */
  static String setUp(Path table) {
    return "CREATE VIEW tickets AS SELECT * FROM \"" + table.toString().replace("\"", "\"\"") + '"';
  }

  private static Path table() {
    String folder = System.getProperty(FOLDER);
    if (folder == null) {
      throw CommandException.badCommand(
          "the demo's table is not known here: start it with ./quern demo from a clone");
    }
    Path table = Path.of(folder, TICKETS);
    if (!Files.isRegularFile(table)) {
      throw CommandException.badCommand("the demo's table " + table + " is missing");
    }
    Path here = Path.of("").toAbsolutePath();
    return table.startsWith(here) ? here.relativize(table) : table;
  }
}
