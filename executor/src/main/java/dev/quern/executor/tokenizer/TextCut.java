package dev.quern.executor.tokenizer;

/**
 * Where a text can be cut for good: for the place c that is returned, the ids of the text with
 * anything behind it are those of its first c characters, followed by those of all that is behind
 * them. Safe for use by many threads.
 */
@FunctionalInterface
interface TextCut {
  /** For tokenizers of which no such place is known but the start of the text. */
  TextCut NONE = _ -> 0;

  /**
   * The last such place that can be proven.
   *
   * @param text valid Unicode
   * @return in [0, length of the text), not between two surrogates; 0 where there is none
   */
  int last(String text);
}
