/** The table seam: where rows come from and go to, as Arrow batches. */
package dev.quern.executor.table;
