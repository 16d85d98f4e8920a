package dev.quern.sql;

import dev.quern.executor.engine.ScriptedEngine.Reply;
import dev.quern.executor.engine.ScriptedEngine.Script;
import java.util.Locale;

/** What the scripted engine of the tests answers. */
final class TestAnswers {
  private TestAnswers() {}

  /**
   * Behind the words of GENERATE_BOOLEAN and CLASSIFY as without them: {@code upper: x} gives X,
   * {@code long? x} gives yes or no, {@code REFUSE} fails the row, {@code CRASH} the engine;
   * anything else comes back in angle brackets.
   */
  static Reply answer(String prompt) {
    if (prompt.contains("REFUSE")) {
      return new Reply.Refusal("refused");
    }
    if (prompt.contains("CRASH")) {
      return new Reply.Failure("the engine crashed");
    }
    if (prompt.startsWith("upper: ")) {
      return new Reply.Text(prompt.substring(7).toUpperCase(Locale.ROOT));
    }
    if (prompt.startsWith("long? ")) {
      return new Reply.Text(prompt.length() > 9 ? "yes" : "no");
    }
    return new Reply.Text("<" + prompt + ">");
  }

  /** What GENERATE_BOOLEAN and CLASSIFY were given, without the words that they put before it. */
  private static String given(String prompt) {
    return prompt.replaceFirst(
        "^(Answer with yes or no\\. |.* Answer with one of: .*\\. Text: )", "");
  }

  static Script script() {
    return new Script(
        (text, options) -> answer(options.choices().isPresent() ? given(text) : text), 0, 0);
  }
}
