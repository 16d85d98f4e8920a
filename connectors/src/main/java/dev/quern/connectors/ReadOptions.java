package dev.quern.connectors;

/**
 * How tables are read.
 *
 * @param batchRows most rows in a batch
 */
public record ReadOptions(int batchRows) {
  /** Batches of at most 4096 rows. */
  public static final ReadOptions DEFAULT = new ReadOptions(4096);

  public ReadOptions {
    if (batchRows < 1) {
      throw new IllegalArgumentException("batchRows must be at least 1 but is " + batchRows);
    }
  }
}
