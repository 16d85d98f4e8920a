package dev.quern.executor.device.contract;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.Tensor;
import java.util.Arrays;

/**
 * A float32 tensor with a margin of rows and columns around the part that an operation may write;
 * the margin is filled with a guard word that must be intact afterwards.
 */
final class Guarded implements AutoCloseable {
  private static final float GUARD = 12345.678f;

  private final Device device;
  private final int rows;
  private final int columns;
  private final Tensor tensor;

  private Guarded(Device device, int rows, int columns, int rowMargin, int columnMargin) {
    this.device = device;
    this.rows = rows;
    this.columns = columns;
    tensor = device.allocate(ElementType.F32, rows + rowMargin, columns + columnMargin);
    float[] all = new float[tensor.rows() * tensor.columns()];
    Arrays.fill(all, GUARD);
    device.upload(tensor, all, all.length);
  }

  /** Guard words after each row and after the last. */
  static Guarded output(Device device, int rows, int columns) {
    return new Guarded(device, rows, columns, 2, 3);
  }

  /** Guard rows after the last; for operations whose operands must be as wide as they are. */
  static Guarded rows(Device device, int rows, int columns) {
    return new Guarded(device, rows, columns, 2, 0);
  }

  /** An input [rows, columns] inside a wider tensor. */
  static Guarded input(Device device, float[] values, int rows, int columns) {
    return output(device, rows, columns).fill(values);
  }

  /** An input as wide as its tensor. */
  static Guarded plain(Device device, float[] values, int rows, int columns) {
    return rows(device, rows, columns).fill(values);
  }

  Guarded fill(float[] values) {
    float[] all = all();
    for (int r = 0; r < rows; r++) {
      System.arraycopy(values, r * columns, all, r * tensor.columns(), columns);
    }
    device.upload(tensor, all, all.length);
    return this;
  }

  Tensor tensor() {
    return tensor;
  }

  /** The inner part [rows, columns], after the margin was found intact. */
  float[] values() {
    float[] all = all();
    float[] inner = new float[rows * columns];
    for (int r = 0; r < tensor.rows(); r++) {
      for (int c = 0; c < tensor.columns(); c++) {
        float value = all[r * tensor.columns() + c];
        if (r < rows && c < columns) {
          inner[r * columns + c] = value;
        } else if (value != GUARD) {
          throw new ContractViolation(
              "guard word at ["
                  + r
                  + ", "
                  + c
                  + "] beyond ["
                  + rows
                  + ", "
                  + columns
                  + "] became "
                  + value);
        }
      }
    }
    return inner;
  }

  private float[] all() {
    float[] all = new float[tensor.rows() * tensor.columns()];
    device.download(tensor, all, all.length);
    return all;
  }

  @Override
  public void close() {
    tensor.close();
  }
}
