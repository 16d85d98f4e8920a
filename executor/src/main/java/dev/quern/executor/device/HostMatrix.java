package dev.quern.executor.device;

/**
 * A matrix [rows = outputs, columns = inputs] in host memory, in the number format that a
 * checkpoint stores or that a quantization gives it; a vector is a matrix of one row. Reading is
 * thread-safe; what a device packs from it keeps its format.
 */
public sealed interface HostMatrix permits StridedMatrix, CodedMatrix, FloatMatrix {
  /** The tensor's canonical name, for errors. */
  String name();

  int rows();

  int columns();

  WeightFormat format();

  /** Writes row {@code row}, dequantized, into the leading {@code columns} elements. */
  void read(int row, float[] into);

  /** Rows {@code from} (inclusive) to {@code to} (exclusive), without a copy. */
  HostMatrix sliceRows(int from, int to);

  /**
   * Columns {@code from} (inclusive) to {@code to} (exclusive), without a copy.
   *
   * @throws IllegalArgumentException when a cut falls inside a group that shares a scale
   */
  HostMatrix sliceColumns(int from, int to);
}
