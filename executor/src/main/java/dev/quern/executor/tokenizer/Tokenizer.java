package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.PromptPart;
import java.util.List;
import java.util.OptionalInt;

/** Text to token ids and back. Safe for use by many threads. */
public interface Tokenizer extends AutoCloseable {
  /**
   * Ids of the parts joined. Special tokens are recognised in trusted text (also across the border
   * of two trusted parts) and nowhere else; what stands between them is tokenized as one string,
   * whatever the parts. Nothing (no bos) is added.
   */
  int[] encode(List<PromptPart> parts);

  /**
   * The beginning of prompts, tokenized as far as nothing that follows can change its ids. A head
   * is safe for use by many threads and needs no closing.
   */
  Head head(List<PromptPart> parts);

  /** Text of the ids; special tokens are left out. Bytes that are no UTF-8 become U+FFFD. */
  String decode(int[] ids);

  /** What {@link #decode} gives, with special tokens by their names. */
  String decodeWithNames(int[] ids);

  /**
   * The bytes that an id stands for, which may be a part of a character; a special token's name;
   * none for an id without text. Do not change.
   */
  byte[] bytes(int id);

  /**
   * A new streaming decoder: the pieces it returns never split a character and join to {@link
   * #decode}.
   */
  StreamDecoder streamDecoder();

  /** Number of ids, special tokens included. */
  int size();

  /** Id of a special token such as {@code <|im_end|>}. */
  OptionalInt specialId(String token);

  @Override
  void close();

  /** A beginning of prompts. */
  interface Head {
    /** What {@link Tokenizer#encode} gives for the parts of the head followed by these. */
    int[] encode(List<PromptPart> rest);

    /** The ids that every prompt with this head begins with, as far as that can be proven. */
    int[] ids();
  }

  /** Decodes token by token. Not thread-safe. */
  interface StreamDecoder {
    /** Text that became whole with this token; may be empty. */
    String next(int id);

    /** What is left at the end: incomplete bytes as U+FFFD. */
    String finish();
  }
}
