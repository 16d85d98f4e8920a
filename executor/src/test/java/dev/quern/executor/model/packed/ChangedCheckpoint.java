package dev.quern.executor.model.packed;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.ModelConfig;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** A float32 checkpoint with another number in the middle of one matrix. */
record ChangedCheckpoint(Checkpoint original, String name, float number) implements Checkpoint {
  ChangedCheckpoint(Checkpoint original, String name) {
    this(original, name, 0.5f);
  }

  @Override
  public ModelConfig config() {
    return original.config();
  }

  @Override
  public HostMatrix tensor(String canonicalName) {
    return optionalTensor(canonicalName).orElseThrow();
  }

  @Override
  public Optional<HostMatrix> optionalTensor(String canonicalName) {
    var matrix = original.optionalTensor(canonicalName);
    return canonicalName.equals(name) ? matrix.map(m -> changed((StridedMatrix) m)) : matrix;
  }

  private HostMatrix changed(StridedMatrix m) {
    MemorySegment data = MemorySegment.ofArray(m.data().toArray(ValueLayout.JAVA_FLOAT));
    long middle = m.offset() + m.rows() / 2 * m.rowStride() + m.columns() / 2 * m.columnStride();
    data.setAtIndex(ValueLayout.JAVA_FLOAT, middle, number);
    return new StridedMatrix(
        m.name(),
        m.rows(),
        m.columns(),
        m.type(),
        data,
        m.offset(),
        m.rowStride(),
        m.columnStride(),
        m.scales());
  }

  @Override
  public String fingerprint() {
    return original.fingerprint() + " changed";
  }

  /** The original is its maker's. */
  @Override
  public void close() {}
}
