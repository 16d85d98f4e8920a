package dev.quern.executor.tokenizer.jinja;

/**
 * A token inside a tag.
 *
 * @param text name, operator, digits, or the value of a string
 */
record Token(Kind kind, String text) {
  /** What a token is. */
  enum Kind {
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean is(Kind wanted, String text) {
    return kind == wanted && this.text.equals(text);
  }
}
