package dev.quern.executor.bench;

import java.util.Locale;

/**
 * One measured point: the best of several runs, over wall time.
 *
 * @param batch rows at a time; for a job its rows
 * @param sharedPrefix leading tokens shared by the rows; 0 for a prefill, which is always cold
 * @param tokensPerSecond prompt tokens of a prefill, generated tokens of decoding and jobs
 */
public record Measured(
    Operation operation,
    int batch,
    int promptTokens,
    int sharedPrefix,
    double tokensPerSecond,
    double rowsPerSecond,
    double macsPerSecond,
    double bytesPerSecond) {

  /** What was measured. */
  public enum Operation {
    PREFILL,
    DECODE,
    JOB;

    /** As in the command line's output. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
