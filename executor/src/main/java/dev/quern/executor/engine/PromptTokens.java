package dev.quern.executor.engine;

import java.util.List;

/**
 * What an engine makes of prompts before it runs any: their tokens, and the room for keys and
 * values. Needs no weights, so that a query's cost can be told before a token is spent.
 */
public interface PromptTokens extends AutoCloseable {

  /**
   * Room for keys and values, and how it is used.
   *
   * @param blocks blocks of the KV cache
   * @param blockSize tokens of a block
   * @param maxSequences most rows that run at once
   * @param sharing whether prompts share what they have in common
   */
  record KvRoom(int blocks, int blockSize, int maxSequences, boolean sharing) {
    /** Tokens that the cache holds. */
    public long tokens() {
      return (long) blocks * blockSize;
    }
  }

  /**
   * The tokens of a row behind its batch's head, template included, as {@link
   * GenerateEngine#submit} computes them.
   *
   * @throws IllegalArgumentException when the row would fail, with the row's error
   */
  int[] ids(List<PromptPart> head, PromptRow row);

  /**
   * The text of which {@link #ids} are the tokens: what the model reads, template included. Its end
   * tells how the answer begins, such as with a {@code <think>} that the template has opened.
   *
   * @throws IllegalArgumentException when the row would fail, with the row's error
   */
  String text(List<PromptPart> head, PromptRow row);

  /** Number of tokens of a text as a column value: no template, special tokens as plain text. */
  int count(String text);

  /**
   * Text of ids, special tokens by their names: a prompt of ids as it is echoed. Bytes that are no
   * UTF-8 become U+FFFD.
   *
   * @throws IllegalArgumentException when there is no tokenizer, or for an id that it does not have
   */
  String text(List<Integer> ids);

  KvRoom room();

  /** Frees the tokenizer; does nothing where an engine that goes on owns it. */
  @Override
  void close();
}
