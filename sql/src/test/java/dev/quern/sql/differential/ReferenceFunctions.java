package dev.quern.sql.differential;

import dev.quern.executor.engine.GenerateOptions;
import java.util.List;
import java.util.StringTokenizer;

/**
 * The calls as ordinary functions of one row, as {@link Dialect#REFERENCE} names them. Calcite
 * calls them, so they are public.
 */
public final class ReferenceFunctions {
  /** Functions that the reference knows: names in SQL, and methods here. */
  static final List<String[]> NAMES =
      List.of(
          new String[] {"GENERATE", "generate"},
          new String[] {"GENERATE_WORDS", "generateWords"},
          new String[] {"GENERATE_OR_MESSAGE", "generateOrMessage"},
          new String[] {"DETAIL_text", "generate"},
          new String[] {"DETAIL_finish_reason", "finishReason"},
          new String[] {"DETAIL_prompt_tokens", "promptTokens"},
          new String[] {"DETAIL_completion_tokens", "completionTokens"},
          new String[] {"DETAIL_error", "error"});

  private static final int DEFAULT_WORDS = GenerateOptions.DEFAULT.maxTokens();

  private ReferenceFunctions() {}

  public static String generate(String prompt) {
    return generateWords(prompt, DEFAULT_WORDS);
  }

  public static String generateWords(String prompt, int most) {
    if (prompt == null || fails(prompt)) {
      return null;
    }
    String whole = ModelAnswers.text(prompt);
    if (words(whole) <= most) {
      return whole;
    }
    var cut = new StringBuilder();
    var words = new StringTokenizer(whole);
    for (int i = 0; i < most; i++) {
      cut.append(i == 0 ? "" : " ").append(words.nextToken());
    }
    return cut.toString();
  }

  public static String generateOrMessage(String prompt) {
    return prompt != null && fails(prompt) ? ModelAnswers.MESSAGE : generate(prompt);
  }

  public static String finishReason(String prompt) {
    if (prompt == null) {
      return null;
    }
    if (fails(prompt)) {
      return "error";
    }
    return words(ModelAnswers.text(prompt)) > DEFAULT_WORDS ? "length" : "stop";
  }

  public static Integer promptTokens(String prompt) {
    return prompt == null ? null : words(prompt);
  }

  public static Integer completionTokens(String prompt) {
    if (prompt == null) {
      return null;
    }
    return fails(prompt) ? 0 : Math.min(words(ModelAnswers.text(prompt)), DEFAULT_WORDS);
  }

  public static String error(String prompt) {
    return prompt != null && fails(prompt) ? ModelAnswers.MESSAGE : null;
  }

  private static boolean fails(String prompt) {
    return prompt.contains(ModelAnswers.REFUSED);
  }

  private static int words(String text) {
    return new StringTokenizer(text).countTokens();
  }
}
