package dev.quern.executor.device.reference;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.Tensor;

/** A tensor on the Java heap: one of the two arrays is used, by type. */
final class ReferenceTensor implements Tensor {
  private final ElementType type;
  private final int rows;
  private final int columns;
  private final Footprint footprint;
  private float[] floats;
  private int[] ints;

  ReferenceTensor(ElementType type, int rows, int columns, Footprint footprint) {
    this.type = type;
    this.rows = rows;
    this.columns = columns;
    this.footprint = footprint;
    int elements = Math.multiplyExact(rows, columns);
    switch (type) {
      case F32 -> floats = new float[elements];
      case INT32 -> ints = new int[elements];
      case F16, BF16, INT8 ->
          throw new IllegalArgumentException("tensor type: expected F32 or INT32 but got " + type);
    }
    footprint.add(4L * elements);
  }

  float[] floats() {
    if (floats == null) {
      throw new IllegalStateException("tensor: closed, or not F32 but " + type);
    }
    return floats;
  }

  int[] ints() {
    if (ints == null) {
      throw new IllegalStateException("tensor: closed, or not INT32 but " + type);
    }
    return ints;
  }

  @Override
  public ElementType type() {
    return type;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public void close() {
    if (floats != null || ints != null) {
      footprint.add(-4L * rows * columns);
      floats = null;
      ints = null;
    }
  }
}
