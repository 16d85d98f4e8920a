package dev.quern.executor.device.cpu;

import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.host.ActivationGroups;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The kernels in Java, for machines without the native library. Rows are packed one after another
 * as float32; quantized rows hold integers as float32. Weights are decoded to float32 panel by
 * panel.
 */
final class JavaKernels implements Kernels {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
  private static final int N = Panels.OUTPUTS;

  private final PanelMath math;
  private final JavaAttention attention;
  private final ThreadLocal<Buffers> buffers = ThreadLocal.withInitial(Buffers::new);

  JavaKernels(PanelMath math) {
    this.math = math;
    attention = new JavaAttention(math);
  }

  /** One thread's working memory. */
  private static final class Buffers {
    private final float[] sums = new float[N];
    private final float[] group = new float[N];
    private float[] panel = new float[0];
    private float[] row = new float[0];

    private void require(int columns) {
      if (row.length < columns) {
        row = new float[columns];
        panel = new float[columns * N];
      }
    }
  }

  @Override
  public String isa() {
    return KernelChoice.JAVA;
  }

  @Override
  public void pack(MemorySegment panels, StridedMatrix matrix, int p0, int p1) {
    PanelReader.pack(panels, matrix, p0, p1);
  }

  @Override
  public void embed(MemorySegment out, int ldo, MemorySegment ids, Panels table, int r0, int r1) {
    for (int r = r0; r < r1; r++) {
      PanelReader.row(table, ids.getAtIndex(ValueLayout.JAVA_INT, r), out, (long) r * ldo);
    }
  }

  @Override
  public void packRows(
      PackedRows to, MemorySegment x, int ldx, MemorySegment index, int r0, int r1) {
    long bytes = 4L * to.columns();
    for (int r = r0; r < r1; r++) {
      MemorySegment.copy(x, 4L * ldx * source(index, r), to.data(), r * bytes, bytes);
    }
  }

  private static int source(MemorySegment index, int row) {
    return index == null ? row : index.getAtIndex(ValueLayout.JAVA_INT, row);
  }

  @Override
  public long quantizedBytes(int columns) {
    return 4L * columns;
  }

  @Override
  public void quantizeRows(
      PackedRows to,
      MemorySegment x,
      int ldx,
      MemorySegment index,
      MemorySegment gain,
      float eps,
      int r0,
      int r1) {
    int columns = to.columns();
    int groups = ActivationGroups.count(columns);
    Buffers own = buffers.get();
    own.require(columns);
    for (int r = r0; r < r1; r++) {
      MemorySegment.copy(x, FLOAT, 4L * ldx * source(index, r), own.row, 0, columns);
      if (gain != null) {
        norm(own.row, gain, eps, columns);
      }
      for (int g = 0; g < groups; g++) {
        float scale = ActivationGroups.quantize(own.row, g * ActivationGroups.SIZE, columns);
        to.scales().setAtIndex(FLOAT, (long) r * groups + g, scale);
      }
      MemorySegment.copy(own.row, 0, to.data(), FLOAT, 4L * r * columns, columns);
    }
  }

  private static void norm(float[] row, MemorySegment gain, float eps, int columns) {
    float squares = 0;
    for (int c = 0; c < columns; c++) {
      squares += row[c] * row[c];
    }
    float scale = (float) (1 / Math.sqrt(squares / columns + eps));
    for (int c = 0; c < columns; c++) {
      row[c] = row[c] * scale * gain.getAtIndex(FLOAT, c);
    }
  }

  @Override
  public void linear(
      MemorySegment out,
      int ldo,
      PackedRows x,
      Panels w,
      boolean add,
      int r0,
      int r1,
      int p0,
      int p1) {
    Buffers own = buffers.get();
    own.require(x.columns());
    for (int p = p0; p < p1; p++) {
      PanelReader.decode(w, p, own.panel);
      for (int r = r0; r < r1; r++) {
        product(own, x, r);
        int count = Math.min(N, w.rows() - p * N);
        long at = (long) r * ldo + p * (long) N;
        if (add) {
          for (int n = 0; n < count; n++) {
            own.sums[n] = out.getAtIndex(FLOAT, at + n) + own.sums[n];
          }
        }
        MemorySegment.copy(own.sums, 0, out, FLOAT, 4L * at, count);
      }
    }
  }

  /** Leaves 32 outputs of row r in {@code own.sums}; the decoded panel stands in own.panel. */
  private void product(Buffers own, PackedRows x, int r) {
    int columns = x.columns();
    MemorySegment.copy(x.data(), FLOAT, 4L * r * columns, own.row, 0, columns);
    Arrays.fill(own.sums, 0);
    if (x.quantized()) {
      int groups = ActivationGroups.count(columns);
      for (int g = 0; g < groups; g++) {
        Arrays.fill(own.group, 0);
        int first = g * ActivationGroups.SIZE;
        int last = Math.min(columns, first + ActivationGroups.SIZE);
        math.multiply(own.group, own.panel, first, last, own.row, 0);
        float scale = x.scales().getAtIndex(FLOAT, (long) r * groups + g);
        for (int n = 0; n < N; n++) {
          own.sums[n] = Math.fma(own.group[n], scale, own.sums[n]);
        }
      }
    } else {
      math.multiply(own.sums, own.panel, 0, columns, own.row, 0);
    }
  }

  @Override
  public void gateUp(
      MemorySegment out,
      int ldo,
      PackedRows x,
      Panels gate,
      Panels up,
      int r0,
      int r1,
      int p0,
      int p1) {
    Buffers own = buffers.get();
    own.require(x.columns());
    float[] gated = new float[(r1 - r0) * N];
    for (int p = p0; p < p1; p++) {
      PanelReader.decode(gate, p, own.panel);
      for (int r = r0; r < r1; r++) {
        product(own, x, r);
        System.arraycopy(own.sums, 0, gated, (r - r0) * N, N);
      }
      PanelReader.decode(up, p, own.panel);
      for (int r = r0; r < r1; r++) {
        product(own, x, r);
        for (int n = 0; n < N; n++) {
          float g = gated[(r - r0) * N + n];
          own.sums[n] *= g / (1f + (float) Math.exp(-g));
        }
        int count = Math.min(N, gate.rows() - p * N);
        MemorySegment.copy(own.sums, 0, out, FLOAT, 4L * ((long) r * ldo + p * (long) N), count);
      }
    }
  }

  @Override
  public void rmsNorm(
      MemorySegment out,
      int ldo,
      MemorySegment x,
      int ldx,
      MemorySegment gain,
      float eps,
      int columns,
      int r0,
      int r1) {
    Buffers own = buffers.get();
    own.require(columns);
    for (int r = r0; r < r1; r++) {
      MemorySegment.copy(x, FLOAT, 4L * r * ldx, own.row, 0, columns);
      norm(own.row, gain, eps, columns);
      MemorySegment.copy(own.row, 0, out, FLOAT, 4L * r * ldo, columns);
    }
  }

  @Override
  public void add(MemorySegment x, MemorySegment y, long from, long to) {
    for (long i = from; i < to; i++) {
      x.setAtIndex(FLOAT, i, x.getAtIndex(FLOAT, i) + y.getAtIndex(FLOAT, i));
    }
  }

  @Override
  public void combine(
      MemorySegment out,
      int ldo,
      MemorySegment y,
      int columns,
      MemorySegment slots,
      MemorySegment weights,
      int topK,
      int r0,
      int r1) {
    for (int r = r0; r < r1; r++) {
      for (int c = 0; c < columns; c++) {
        float sum = 0;
        for (int j = 0; j < topK; j++) {
          long choice = (long) r * topK + j;
          long slot = slots.getAtIndex(ValueLayout.JAVA_INT, choice);
          sum += weights.getAtIndex(FLOAT, choice) * y.getAtIndex(FLOAT, slot * columns + c);
        }
        out.setAtIndex(FLOAT, (long) r * ldo + c, sum);
      }
    }
  }

  @Override
  public AttentionKernels attention() {
    return attention;
  }
}
