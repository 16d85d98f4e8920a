package dev.quern.connectors;

/** Compression of Parquet pages. The other formats are written plain. */
public enum Compression {
  NONE,
  SNAPPY,
  ZSTD
}
