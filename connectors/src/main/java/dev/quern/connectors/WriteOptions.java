package dev.quern.connectors;

import java.util.Objects;

/**
 * How tables are written.
 *
 * @param folderFormat format of the files in a target that is a folder
 */
public record WriteOptions(WriteMode mode, TableFormat folderFormat, Compression compression) {
  /** A new table; Parquet in folders; ZSTD. */
  public static final WriteOptions DEFAULT =
      new WriteOptions(WriteMode.CREATE, TableFormat.PARQUET, Compression.ZSTD);

  public WriteOptions {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(folderFormat, "folderFormat");
    Objects.requireNonNull(compression, "compression");
  }

  /** The same with another mode. */
  public WriteOptions withMode(WriteMode other) {
    return new WriteOptions(other, folderFormat, compression);
  }
}
