package dev.quern.server.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;
import dev.quern.executor.engine.ScriptedEngine.Script;
import dev.quern.server.query.ProgressLine;
import dev.quern.server.rows.RowFormat;
import dev.quern.sql.jdbc.QuernDriver;
import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.reader.Candidate;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The prompt on a dumb terminal whose keyboard is a pipe. */
class SqlPromptTest {
  @TempDir Path folder;

  @Test
  void statementsMayTakeSeveralLinesAndErrorsDoNotEndThePrompt() throws Exception {
    String shown =
        type("SELECT 'an;'\n || 'swer' AS a\n;\nSELCT;\nSELECT 2 AS b; SELECT 3 AS c;\n\\q\n");
    assertTrue(shown.contains("an;swer"), shown);
    assertTrue(shown.contains("quern: line 1, column 1"), shown);
    assertTrue(shown.contains(" b\n---\n 2\n"), shown);
    assertTrue(shown.contains(" c\n---\n 3\n"), shown);
  }

  @Test
  void commandsDescribeAndHelp() throws Exception {
    String shown = type(".help\n\\d 'src/main/demo/tickets.parquet'\n\\x\n\\q\n");
    assertTrue(shown.contains("\\d TABLE"), shown);
    assertTrue(shown.contains("body  VARCHAR"), shown);
    assertTrue(shown.contains("there is no command \\x"), shown);
  }

  @Test
  void historyIsKept() throws Exception {
    Path history = folder.resolve("history");
    type(Optional.of(history), "SELECT 42;\n\\q\n");
    assertTrue(Files.readString(history).contains("SELECT 42;"));
  }

  @Test
  void interruptCancelsTheStatementAndThePromptGoesOn() throws Exception {
    var asked = new CountDownLatch(1);
    var engine =
        new ScriptedEngine(
            new Script(
                (text, options) -> {
                  asked.countDown();
                  return new Reply.Silence();
                },
                0,
                0));
    var out = new ByteArrayOutputStream();
    try (var keyboard = new PipedOutputStream();
        var terminal = terminal(new PipedInputStream(keyboard, 1 << 16), out);
        var connection =
            new QuernDriver(_ -> engine).connect(QuernDriver.PREFIX, new Properties())) {
      var prompt = prompt(terminal, connection);
      Thread typist = Thread.ofPlatform().start(() -> prompt.run(Optional.empty()));
      keyboard.write("SELECT GENERATE('x') AS g;\n".getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
      assertTrue(asked.await(60, TimeUnit.SECONDS), "the engine was not asked");
      terminal.raise(Terminal.Signal.INT);
      keyboard.write("SELECT 'still' || ' here' AS s;\n\\q\n".getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
      typist.join(60_000);
      assertFalse(typist.isAlive(), "the prompt hangs");
    }
    String shown = out.toString(StandardCharsets.UTF_8);
    assertTrue(shown.contains("quern: interrupted"), shown);
    assertTrue(shown.contains("still here"), shown);
    assertEquals(0, engine.openBatches());
  }

  @Test
  void completionKnowsKeywordsFunctionsAndArguments() throws Exception {
    try (var connection = connect()) {
      List<Candidate> candidates = new ArrayList<>();
      new SqlCompleter(connection).complete(null, new DefaultParser().parse("", 0), candidates);
      List<String> words = candidates.stream().map(Candidate::value).toList();
      assertTrue(
          words.containsAll(List.of("SELECT", "GENERATE(", "max_tokens =>")), words::toString);
    }
  }

  private static String type(String keys) throws Exception {
    return type(Optional.empty(), keys);
  }

  private static String type(Optional<Path> history, String keys) throws Exception {
    var out = new ByteArrayOutputStream();
    try (var keyboard = new PipedOutputStream();
        var terminal = terminal(new PipedInputStream(keyboard, 1 << 16), out);
        var connection = connect()) {
      keyboard.write(keys.getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
      prompt(terminal, connection).run(history);
    }
    return out.toString(StandardCharsets.UTF_8).replace("\r", "");
  }

  private static SqlPrompt prompt(Terminal terminal, java.sql.Connection connection)
      throws Exception {
    var silent = new ProgressLine(new PrintStream(new ByteArrayOutputStream()), false, 80);
    return new SqlPrompt(terminal, connection, RowFormat.TABLE, silent, Optional::empty);
  }

  private static Terminal terminal(PipedInputStream in, ByteArrayOutputStream out)
      throws Exception {
    // Not TerminalBuilder's: its pseudo-terminal hands output over in a thread of its own, and a
    // test would look before it came. Not "xterm" either: that asks the keyboard what it can do.
    var terminal = new ExternalTerminal("test", "dumb", in, out, StandardCharsets.UTF_8);
    // What is typed while a statement prints would be echoed, by the thread that reads the
    // keyboard, into the middle of its lines.
    Attributes quiet = terminal.getAttributes();
    quiet.setLocalFlag(Attributes.LocalFlag.ECHO, false);
    terminal.setAttributes(quiet);
    return terminal;
  }

  private static java.sql.Connection connect() throws Exception {
    return new QuernDriver(_ -> ScriptedEngine.answering(text -> text))
        .connect(QuernDriver.PREFIX, new Properties());
  }
}
