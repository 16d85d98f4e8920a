package dev.quern.connectors;

/**
 * What a scan has touched so far.
 *
 * @param files files opened
 * @param rowGroups row groups or record batches read
 * @param skippedRowGroups row groups skipped because their statistics exclude the filters
 * @param columnChunks columns read, summed over row groups; nested columns count their leaves
 * @param rows rows handed out
 */
public record ScanStatistics(
    int files, int rowGroups, int skippedRowGroups, int columnChunks, long rows) {
  static final ScanStatistics NONE = new ScanStatistics(0, 0, 0, 0, 0);

  ScanStatistics withFile() {
    return new ScanStatistics(files + 1, rowGroups, skippedRowGroups, columnChunks, rows);
  }

  ScanStatistics withGroup(int chunks) {
    return new ScanStatistics(files, rowGroups + 1, skippedRowGroups, columnChunks + chunks, rows);
  }

  ScanStatistics withSkippedGroup() {
    return new ScanStatistics(files, rowGroups, skippedRowGroups + 1, columnChunks, rows);
  }

  ScanStatistics withRows(long more) {
    return new ScanStatistics(files, rowGroups, skippedRowGroups, columnChunks, rows + more);
  }
}
