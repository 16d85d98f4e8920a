package dev.quern.executor.table;

/**
 * A row's place, stable over scans.
 *
 * @param file index in the source's sorted list of files
 * @param rowGroup row group or record batch in the file
 * @param row row in the group
 */
public record RowId(int file, int rowGroup, long row) {}
