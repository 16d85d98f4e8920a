package dev.quern.executor.tokenizer.jinja;

import java.io.Serial;

/** A template that cannot be read, or cannot be rendered with the values given. */
public final class JinjaException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** True when the template itself refused, by raise_exception. */
  private final boolean raised;

  private JinjaException(String message, boolean raised) {
    super(message);
    this.raised = raised;
  }

  static JinjaException of(String message) {
    return new JinjaException(message, false);
  }

  static JinjaException raisedByTemplate(String message) {
    return new JinjaException(message, true);
  }

  /** Whether the template refused with a message of its own. */
  public boolean raised() {
    return raised;
  }
}
