package dev.quern.server.batches;

/**
 * What callers may leave with the server.
 *
 * @param fileBytes largest uploaded file, its form included
 * @param totalBytes most bytes of all files together; answers of running batches may pass it, new
 *     files and batches may not
 * @param files most files of all callers together
 * @param uploadsAtOnce files that may arrive at the same time
 * @param lines most lines of a batch
 * @param lineBytes longest line
 * @param running batches that run at the same time; others wait
 * @param unfinishedPerCaller most batches of one caller that run or wait
 * @param keptPerCaller ended batches of one caller that are remembered
 */
public record BatchLimits(
    long fileBytes,
    long totalBytes,
    int files,
    int uploadsAtOnce,
    int lines,
    int lineBytes,
    int running,
    int unfinishedPerCaller,
    int keptPerCaller) {
  public static final BatchLimits DEFAULT =
      new BatchLimits(512L << 20, 16L << 30, 10_000, 4, 100_000, 16 << 20, 4, 100, 1000);
}
