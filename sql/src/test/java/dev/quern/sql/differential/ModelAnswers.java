package dev.quern.sql.differential;

import dev.quern.executor.engine.ScriptedEngine.Reply;
import java.util.List;
import java.util.Locale;

/** What the model says: a pure function of the prompt, the same on both sides. */
final class ModelAnswers {
  private static final List<String> TOPICS = List.of("zoo", "farm", "sea", "ox cow");
  private static final List<String> VERDICTS = List.of("yes", "no", "unsure", "yes");

  /** Prompts with this word fail. */
  static final String REFUSED = "refuse";

  static final String MESSAGE = "no answer to that";

  private static final String YES_OR_NO = "Answer with yes or no. ";

  private ModelAnswers() {}

  /**
   * @param prompt what GENERATE_BOOLEAN puts in front makes no difference
   */
  static Reply reply(String prompt) {
    String asked = prompt.startsWith(YES_OR_NO) ? prompt.substring(YES_OR_NO.length()) : prompt;
    return asked.contains(REFUSED) ? new Reply.Refusal(MESSAGE) : new Reply.Text(text(asked));
  }

  /** The whole answer to a prompt that does not fail. */
  static String text(String prompt) {
    int at = prompt.indexOf(": ");
    String task = at < 0 ? "" : prompt.substring(0, at);
    String rest = at < 0 ? prompt : prompt.substring(at + 2);
    int hash = Math.floorMod(rest.hashCode(), 4);
    return switch (task) {
      case "judge" -> VERDICTS.get(hash);
      case "topic" -> TOPICS.get(hash);
      case "count" -> Integer.toString(hash);
      case "shout" -> rest.toUpperCase(Locale.ROOT);
      default -> "<" + prompt + ">";
    };
  }
}
