package dev.quern.server.load;

/** What became of a request. Times in nanoseconds from when it was sent. */
sealed interface Outcome {
  /**
   * @param firstToken until the first text arrived
   * @param lastToken until the last text arrived
   * @param end until the stream had ended
   */
  record Answered(
      long firstToken,
      long lastToken,
      long end,
      int promptTokens,
      int cachedTokens,
      int generatedTokens)
      implements Outcome {
    /** Nanoseconds between one token and the next; not known of a single token. */
    double perToken() {
      return generatedTokens < 2
          ? Double.NaN
          : (lastToken - firstToken) / (double) (generatedTokens - 1);
    }
  }

  /** The client hung up on purpose. */
  record Left() implements Outcome {}

  /**
   * @param kind the HTTP status, or {@code connection} or {@code stream} where there was none or
   *     the answer was not whole
   * @param message for people; one of them is shown
   */
  record Failed(String kind, String message) implements Outcome {}
}
