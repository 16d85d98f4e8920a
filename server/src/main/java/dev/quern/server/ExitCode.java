package dev.quern.server;

/** Exit codes of the command line: a contract that scripts depend on. */
public enum ExitCode {
  DONE(0),
  /** The query failed, or a row did under {@code on_error => 'fail'}. */
  QUERY_FAILED(1),
  /** The command line is wrong, or names what is not built yet. */
  BAD_COMMAND(2),
  /** A budget of tokens, rows or seconds is used up. */
  BUDGET_REACHED(3),
  /** The model or the device cannot be used. */
  UNUSABLE(4),
  INTERRUPTED(130);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
