package dev.quern.executor.tokenizer.jinja;

import dev.quern.executor.tokenizer.jinja.Token.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The names that a template's tags hold where a variable can be read. */
final class Names {
  private Names() {}

  /**
   * All of them, keywords and names of loops and macros among them: enough to tell that a variable
   * is never read.
   */
  static Set<String> read(List<Chunk> chunks) {
    Set<String> names = new HashSet<>();
    for (Chunk chunk : chunks) {
      switch (chunk) {
        case Chunk.Text _ -> {}
        case Chunk.Output(var tokens, _) -> add(tokens, names);
        case Chunk.Statement(var tokens, _) -> add(tokens, names);
      }
    }
    return names;
  }

  private static void add(List<Token> tokens, Set<String> names) {
    for (int i = 0; i < tokens.size(); i++) {
      boolean member = i > 0 && tokens.get(i - 1).is(Kind.OPERATOR, ".");
      // What stands before '=' is set, or is a parameter's name.
      boolean target = i + 1 < tokens.size() && tokens.get(i + 1).is(Kind.OPERATOR, "=");
      if (tokens.get(i).kind() == Kind.NAME && !member && !target) {
        names.add(tokens.get(i).text());
      }
    }
  }
}
