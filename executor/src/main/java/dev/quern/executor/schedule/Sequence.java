package dev.quern.executor.schedule;

import dev.quern.executor.cache.BlockTable;
import dev.quern.executor.cache.Turn;
import java.util.Arrays;

/**
 * One row on its way: its tokens, how many of them the cache holds, and its place in the order of
 * execution. Changed by the scheduler and its owner only.
 */
public final class Sequence implements Comparable<Sequence> {
  private final Turn turn;
  private final int[] prompt;
  private final int promptLength;
  private final int mostAnswer;
  private final boolean wholePrompt;
  private int[] tokens;
  private int length;
  private int computed;
  private int mostComputed;
  private int cachedTokens = -1;
  private int recomputedTokens;
  private BlockTable table;
  private boolean ended;

  /**
   * @param turn place in the order of execution; inside a batch that is prefix-tree order
   * @param prompt token ids, at least one
   * @param mostAnswer most tokens that will be appended, at least one: the scheduler keeps room for
   *     them
   */
  public Sequence(Turn turn, int[] prompt, int mostAnswer) {
    this(turn, prompt, mostAnswer, false);
  }

  /**
   * The same.
   *
   * @param wholePrompt whether every token of the prompt must be computed once, since what comes of
   *     it is wanted: none is taken from the cache until that is done
   */
  public Sequence(Turn turn, int[] prompt, int mostAnswer, boolean wholePrompt) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("a sequence needs at least one token");
    }
    if (mostAnswer < 1) {
      throw new IllegalArgumentException("an answer needs at least one token, not " + mostAnswer);
    }
    this.turn = turn;
    this.mostAnswer = mostAnswer;
    this.wholePrompt = wholePrompt;
    this.prompt = prompt;
    this.promptLength = prompt.length;
    this.tokens = prompt;
    this.length = prompt.length;
  }

  Turn turn() {
    return turn;
  }

  int priority() {
    return turn.priority();
  }

  /** Tokens appended so far. */
  int answered() {
    return length - promptLength;
  }

  int mostAnswer() {
    return mostAnswer;
  }

  /** Whether its prompt must still be computed, whatever the cache holds. */
  boolean wantsWholePrompt() {
    return wholePrompt && mostComputed < promptLength;
  }

  /** Ids of prompt and answer; the first {@link #length()} count. Do not change. */
  public int[] tokens() {
    return tokens;
  }

  /** Ids of the prompt. Do not change. */
  public int[] prompt() {
    return prompt;
  }

  public int length() {
    return length;
  }

  public int promptLength() {
    return promptLength;
  }

  /** Leading tokens whose keys and values are in the cache. */
  public int computed() {
    return computed;
  }

  /** Prompt tokens found in the cache when the sequence first started; 0 before. */
  public int cachedTokens() {
    return Math.max(cachedTokens, 0);
  }

  /** Tokens computed again after eviction or preemption. */
  public int recomputedTokens() {
    return recomputedTokens;
  }

  /** Adds a generated token. */
  public void append(int id) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(16, length + (length >> 1)));
    }
    tokens[length++] = id;
  }

  /** The sequence is complete or given up: the scheduler drops it before the next step. */
  public void end() {
    ended = true;
  }

  /** Whether {@link #end} was called. */
  public boolean ended() {
    return ended;
  }

  /** Whether it has held blocks before, or does now. */
  boolean started() {
    return cachedTokens >= 0;
  }

  /** Whether it holds blocks. */
  public boolean running() {
    return table != null;
  }

  BlockTable table() {
    return table;
  }

  void admitted(BlockTable blocks, int cached, long recomputedNow) {
    table = blocks;
    computed = cached;
    // Of the prompt: what an earlier admission had and this one does not.
    recomputedTokens += Math.max(0, Math.min(promptLength, mostComputed) - cached);
    if (cachedTokens < 0) {
      recomputedTokens += (int) recomputedNow;
      cachedTokens = cached;
    } else {
      cachedTokens = Math.min(cachedTokens, cached);
    }
    recomputedTokens = Math.min(recomputedTokens, promptLength - cachedTokens);
  }

  void released() {
    table = null;
    computed = 0;
  }

  void computed(int count) {
    computed = count;
    mostComputed = Math.max(mostComputed, count);
  }

  @Override
  public int compareTo(Sequence other) {
    return turn.compareTo(other.turn);
  }

  @Override
  public String toString() {
    return "sequence "
        + turn.batch()
        + "."
        + turn.order()
        + " ("
        + computed
        + "/"
        + length
        + " tokens)";
  }
}
