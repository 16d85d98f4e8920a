package dev.quern.server.prompt;

import java.util.List;
import java.util.Optional;

/** What a user of the prompt may type besides SQL. */
sealed interface PromptCommand {
  record Quit() implements PromptCommand {}

  record Help() implements PromptCommand {}

  /** Tables, or the columns of one. */
  record Describe(Optional<String> table) implements PromptCommand {}

  record Unknown(String name) implements PromptCommand {}

  List<String> HELP =
      List.of(
          "SQL statements end with ; and may take several lines. TAB completes, arrows recall.",
          "  \\d          tables and views",
          "  \\d TABLE    columns of a table: a view, or a file in double quotes",
          "  .help       this help",
          "  \\q          leave (also Ctrl-D)",
          "Ctrl-C cancels the running statement, or the one being typed.",
          "  SELECT id, GENERATE('Sum up in five words: ' || body) FROM \"tickets.parquet\";");

  static boolean isCommand(String line) {
    String stripped = line.strip();
    return stripped.startsWith("\\")
        || stripped.startsWith(".")
        || List.of("quit", "exit", "help").contains(stripped);
  }

  static PromptCommand parse(String line) {
    String[] words = line.strip().split("\\s+", 2);
    return switch (words[0]) {
      case "\\q", ".quit", ".exit", "quit", "exit" -> new Quit();
      case "\\?", "\\h", ".help", "help" -> new Help();
      case "\\d", "\\dt", ".tables", ".schema" ->
          new Describe(words.length > 1 ? Optional.of(unquoted(words[1])) : Optional.empty());
      default -> new Unknown(words[0]);
    };
  }

  private static String unquoted(String name) {
    String bare = name.endsWith(";") ? name.substring(0, name.length() - 1).strip() : name;
    boolean quoted =
        bare.length() > 1
            && (bare.startsWith("\"") || bare.startsWith("'"))
            && bare.charAt(bare.length() - 1) == bare.charAt(0);
    return quoted ? bare.substring(1, bare.length() - 1) : bare;
  }
}
