package dev.quern.executor.schedule;

/**
 * How long answers get, as a share of the most that they may: what running sequences are expected
 * to need yet. The share is that of the longest answer seen, and sinks slowly towards shorter ones;
 * before the first, and after a sequence had to give its blocks back, it is 1. (SGLang adapts its
 * {@code new_token_ratio} to the same end.)
 */
final class AnswerLengths {
  private static final double SINK = 1.0 / 8;

  private double share = 1;

  void ended(Sequence s) {
    double used = s.answered() / (double) s.mostAnswer();
    share = Math.max(used, share + (used - share) * SINK);
  }

  /** A sequence ran out of blocks: expect the longest answers again. */
  void ranOut() {
    share = 1;
  }

  /**
   * Tokens whose keys and values the sequence is expected to hold at its end, at most prompt and
   * answer without the last token, which no step computes.
   */
  int expectedTokens(Sequence s) {
    int answer = Math.max((int) Math.ceil(share * s.mostAnswer()), s.answered() + 1);
    return s.promptLength() + Math.min(answer, s.mostAnswer()) - 1;
  }
}
