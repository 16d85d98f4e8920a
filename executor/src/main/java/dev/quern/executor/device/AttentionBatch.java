package dev.quern.executor.device;

import java.util.Arrays;

/**
 * Where the query rows of one ragged step stand. Sequence s owns query rows {@code firstRow[s]}
 * (inclusive) to {@code firstRow[s + 1]} (exclusive), at consecutive positions from {@code
 * firstPosition[s]} on; its keys are positions 0 up to each row's own, token t of it in block
 * {@code blockTable[s][t / blockSize]}, slot {@code t % blockSize}. A token that a sequence stores
 * in this step is read by no other sequence of the step.
 *
 * @param firstRow sequences + 1 entries, ascending
 * @param sharedBlocks for sequence s, the number of leading full blocks that it has in common with
 *     sequence s - 1 (0 for the first): rows that follow one another share their prefix, and a
 *     device may compute the shared part once for the group. The result does not depend on it.
 */
public record AttentionBatch(
    int sequences, int[] firstRow, int[] firstPosition, int[][] blockTable, int[] sharedBlocks) {
  public AttentionBatch {
    if (firstRow.length < sequences + 1
        || firstPosition.length < sequences
        || blockTable.length < sequences
        || sharedBlocks.length < sequences) {
      throw new IllegalArgumentException(
          "attention batch of "
              + sequences
              + " sequences: first rows "
              + firstRow.length
              + ", positions "
              + firstPosition.length
              + ", block tables "
              + blockTable.length
              + ", shared "
              + sharedBlocks.length);
    }
  }

  /** Number of query rows of the step. */
  public int rows() {
    return firstRow[sequences];
  }

  @Override
  public String toString() {
    return "AttentionBatch[" + sequences + " sequences, rows " + Arrays.toString(firstRow) + "]";
  }
}
