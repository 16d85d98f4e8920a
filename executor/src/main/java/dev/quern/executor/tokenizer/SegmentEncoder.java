package dev.quern.executor.tokenizer;

/** Tokenizes text in which no special token is recognised. Safe for use by many threads. */
sealed interface SegmentEncoder extends AutoCloseable
    permits HuggingFaceEncoder, SentencePieceEncoder {
  /**
   * Ids of a piece of the prompt.
   *
   * @param text valid Unicode, not empty
   * @param atStart true when the prompt begins with this text; some tokenizers put a space there
   */
  int[] encode(String text, boolean atStart);

  /**
   * Where a text can be cut: the first part is encoded where the text stands, the rest as one that
   * is not at the start of the prompt.
   */
  TextCut cut();

  @Override
  void close();
}
