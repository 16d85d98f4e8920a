/** Tables stored in files: Parquet, Arrow IPC, CSV and JSON Lines, read and written. */
package dev.quern.connectors;
