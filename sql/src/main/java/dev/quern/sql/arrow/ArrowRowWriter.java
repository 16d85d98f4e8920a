package dev.quern.sql.arrow;

import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Writes rows in Calcite's internal representation into a batch that may be cleared and reused. */
public final class ArrowRowWriter {
  private final VectorSchemaRoot batch;
  private final List<ArrowWriters.Writer> writers;

  public ArrowRowWriter(VectorSchemaRoot batch) {
    this.batch = batch;
    this.writers =
        batch.getFieldVectors().stream()
            .map(vector -> ArrowWriters.of(vector, vector.getName()))
            .toList();
  }

  /** Puts a row behind the rows before it. */
  public void write(int row, Object[] values) {
    for (int i = 0; i < values.length; i++) {
      writers.get(i).write(row, values[i]);
    }
  }

  /** Fills the batch with these rows. */
  public void fill(List<Object[]> rows) {
    for (int row = 0; row < rows.size(); row++) {
      write(row, rows.get(row));
    }
    batch.setRowCount(rows.size());
  }
}
