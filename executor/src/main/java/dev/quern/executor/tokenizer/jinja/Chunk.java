package dev.quern.executor.tokenizer.jinja;

import java.util.List;

/** A template cut at its tags; white space control is done. */
sealed interface Chunk {
  /** Text as it is. */
  record Text(String text) implements Chunk {}

  /** A tag: its tokens, and its source for messages. */
  record Output(List<Token> tokens, String source) implements Chunk {}

  /** A statement tag. */
  record Statement(List<Token> tokens, String source) implements Chunk {}
}
