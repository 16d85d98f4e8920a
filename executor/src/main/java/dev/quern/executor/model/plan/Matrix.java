package dev.quern.executor.model.plan;

/**
 * Equal matrices of a layer.
 *
 * @param layer -1 for those outside the decoder layers
 * @param count how many there are
 */
record Matrix(MatrixPart part, int layer, long count, long rows, long columns) {
  long parameters() {
    return count * rows * columns;
  }
}
