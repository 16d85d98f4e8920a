package dev.quern.server.batches;

/**
 * What callers may leave with the server.
 *
 * @param fileBytes largest uploaded file, its form included
 * @param all of the files of all callers together
 * @param perCaller of the files of one caller
 * @param uploadsAtOnce files that may arrive at the same time
 * @param lines most lines of a batch
 * @param lineBytes longest line
 * @param running batches that run at the same time; others wait
 * @param unfinishedPerCaller most batches of one caller that run or wait
 * @param keptPerCaller ended batches of one caller that are remembered
 */
public record BatchLimits(
    long fileBytes,
    Quota all,
    Quota perCaller,
    int uploadsAtOnce,
    int lines,
    int lineBytes,
    int running,
    int unfinishedPerCaller,
    int keptPerCaller) {
  private static final Quota ALL = new Quota(16L << 30, 10_000);

  /** Where there is one caller only, who may fill all of it. */
  public static final BatchLimits DEFAULT =
      new BatchLimits(512L << 20, ALL, ALL, 4, 100_000, 16 << 20, 4, 100, 1000);

  /** Shares get no smaller than that of so many callers. */
  private static final int MOST_SHARES = 8;

  /**
   * Room for files.
   *
   * @param bytes most bytes; answers of running batches may pass it, new files and batches may not
   * @param files most files
   */
  public record Quota(long bytes, int files) {}

  /**
   * The same for a server with so many callers: no one of them can take the room of the others.
   *
   * @param callers 0 or 1 for one
   */
  public BatchLimits sharedBy(int callers) {
    int shares = Math.clamp(callers, 1, MOST_SHARES);
    return new BatchLimits(
        fileBytes,
        all,
        new Quota(all.bytes() / shares, all.files() / shares),
        uploadsAtOnce,
        lines,
        lineBytes,
        running,
        unfinishedPerCaller,
        keptPerCaller);
  }
}
