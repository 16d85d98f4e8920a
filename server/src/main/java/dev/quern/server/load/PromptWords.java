package dev.quern.server.load;

import java.util.Random;

/**
 * Prompts of common English words. How many tokens a word costs is the server's tokenizer's matter:
 * it is measured, from the usage that the server reports for two prompts.
 *
 * @param templateTokens tokens of a prompt without words
 * @param tokensPerWord tokens that each word adds
 */
record PromptWords(LoadShape shape, double templateTokens, double tokensPerWord) {
  private static final String[] WORDS =
      ("the lamp arrived order letters box money manual shades wall soon please plug cable answer paid"
              + " send about march green another house water paper friend table window question number"
              + " small large before after under over people time year day work home school city")
          .split(" ");

  /** Every run's shared prefix is the same, so that servers can be compared. */
  private static final long PREFIX_SEED = 1;

  /** So many words, the same for the same seed. */
  static String words(int count, long seed) {
    var random = new Random(seed);
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }

  /**
   * From the prompt tokens that the server counted for two numbers of words.
   *
   * @throws IllegalArgumentException when more words did not cost more tokens
   */
  static PromptWords measured(
      LoadShape shape, int fewWords, int fewTokens, int manyWords, int manyTokens) {
    double each = (manyTokens - fewTokens) / (double) (manyWords - fewWords);
    if (each <= 0) {
      throw new IllegalArgumentException(
          "the server counts "
              + fewTokens
              + " prompt tokens for "
              + fewWords
              + " words and "
              + manyTokens
              + " for "
              + manyWords
              + ": its usage cannot be used to size prompts");
    }
    return new PromptWords(shape, fewTokens - fewWords * each, each);
  }

  /** The prompt of a request; equal in the shared part only. */
  String prompt(long request) {
    int all = words(shape.promptTokens());
    int shared = Math.min(all, shape.sharedPrefix() == 0 ? 0 : words(shape.sharedPrefix()));
    String own = words(all - shared, PREFIX_SEED + 1 + request);
    String prefix = words(shared, PREFIX_SEED);
    return prefix.isEmpty() ? own : own.isEmpty() ? prefix : prefix + " " + own;
  }

  private int words(int tokens) {
    return (int) Math.max(1, Math.round((tokens - templateTokens) / tokensPerWord));
  }
}
