package dev.quern.executor.model.plan;

/**
 * Equal matrices of a layer.
 *
 * @param layer -1 for those outside the decoder layers
 * @param count how many there are
 */
record Matrix(Part part, int layer, long count, long rows, long columns) {
  /** Parts of a model that schemes treat alike. */
  enum Part {
    EMBEDDING,
    HEAD,
    NORM,
    ATTENTION,
    DENSE,
    SHARED,
    EXPERT,
    ROUTER,
    MTP_PROJECTION,
    MTP_BLOCK;

    boolean isMtp() {
      return this == MTP_PROJECTION || this == MTP_BLOCK;
    }
  }

  long parameters() {
    return count * rows * columns;
  }
}
