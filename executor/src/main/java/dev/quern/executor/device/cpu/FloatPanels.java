package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.FloatMatrix;
import dev.quern.executor.device.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;

/**
 * An unquantized matrix, or a part of one, that stands in the CPU device's panels already: see
 * {@link PanelMatrix}.
 */
public record FloatPanels(Whole whole, int firstRow, int rows, int firstColumn, int columns)
    implements FloatMatrix, InPanels {
  private static final int N = Panels.OUTPUTS;

  /** The matrix that parts are taken from. */
  public record Whole(
      String name, int rows, int columns, ElementType type, MemorySegment panels, boolean inPlace) {
    public Whole {
      long expected = PanelMatrix.bytes(new WeightFormat.Floats(type), rows, columns);
      if (panels.byteSize() != expected) {
        throw new IllegalArgumentException(
            name + ": expected " + expected + " bytes of panels but got " + panels.byteSize());
      }
    }

    /** All of it. */
    public FloatPanels matrix() {
      return new FloatPanels(this, 0, rows, 0, columns);
    }
  }

  @Override
  public String name() {
    return whole.name();
  }

  @Override
  public WeightFormat.Floats format() {
    return new WeightFormat.Floats(whole.type());
  }

  @Override
  public boolean inPlace() {
    return whole.inPlace();
  }

  @Override
  public Optional<MemorySegment> panels() {
    int end = firstRow + rows;
    boolean cut = firstRow % N != 0 || (end % N != 0 && end != whole.rows());
    if (cut || columns != whole.columns()) {
      return Optional.empty();
    }
    long panel = PanelLayout.panelBytes(format(), columns);
    return Optional.of(whole.panels().asSlice(firstRow / N * panel, Panels.count(rows) * panel));
  }

  @Override
  public void read(int row, float[] into) {
    Objects.checkIndex(row, rows);
    int at = firstRow + row;
    long panel = at / N * PanelLayout.panelBytes(format(), whole.columns());
    for (int c = 0; c < columns; c++) {
      long index = (firstColumn + c) * (long) N + at % N;
      into[c] = PanelReader.number(whole.panels(), whole.type(), panel, index);
    }
  }

  @Override
  public FloatPanels sliceRows(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    return new FloatPanels(whole, firstRow + from, to - from, firstColumn, columns);
  }

  @Override
  public FloatPanels sliceColumns(int from, int to) {
    Objects.checkFromToIndex(from, to, columns);
    return new FloatPanels(whole, firstRow, rows, firstColumn + from, to - from);
  }
}
