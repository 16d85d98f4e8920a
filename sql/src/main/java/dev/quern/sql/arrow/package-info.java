/** The bridge between Arrow batches and Calcite's rows. */
package dev.quern.sql.arrow;
