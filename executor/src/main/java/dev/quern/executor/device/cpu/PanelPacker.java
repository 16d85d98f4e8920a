package dev.quern.executor.device.cpu;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.WeightFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Packs matrices into the CPU device's panels on all cores, some panels at a time, so that a file
 * can be written by plain writes: a full disk is then an exception and no signal.
 */
public final class PanelPacker implements AutoCloseable {
  /** Takes panels in order; the memory is filled anew afterwards. */
  @FunctionalInterface
  public interface Sink {
    void accept(MemorySegment panels) throws IOException;
  }

  private static final long BUFFER_BYTES = 16 << 20;

  private final WorkerPool pool = new WorkerPool(Runtime.getRuntime().availableProcessors());
  private final Arena arena = Arena.ofShared();
  private MemorySegment buffer = arena.allocate(BUFFER_BYTES, 64);

  /**
   * Hands {@link PanelMatrix#bytes} bytes to the sink.
   *
   * @throws IllegalArgumentException where the weights do not go into the format
   */
  public void pack(HostMatrix matrix, Sink sink) throws IOException {
    long panel = PanelLayout.panelBytes(matrix.format(), matrix.columns());
    if (panel > buffer.byteSize()) {
      buffer = arena.allocate(panel, 64);
    }
    int count = Panels.count(matrix.rows());
    int most = Math.toIntExact(buffer.byteSize() / panel);
    for (int first = 0; first < count; first += most) {
      int panels = Math.min(most, count - first);
      int begin = first;
      int step = Math.max(1, panels / (4 * pool.threads()));
      pool.run(
          (panels + step - 1) / step,
          (i, _) -> {
            int from = i * step;
            int to = Math.min(panels, from + step);
            fill(
                matrix,
                begin + from,
                begin + to,
                buffer.asSlice(from * panel, (to - from) * panel));
          });
      sink.accept(buffer.asSlice(0, panels * panel));
    }
  }

  private static void fill(HostMatrix matrix, int from, int to, MemorySegment into) {
    int n = Panels.OUTPUTS;
    HostMatrix part = matrix.sliceRows(from * n, Math.min(matrix.rows(), to * n));
    if (!(part.format() instanceof WeightFormat.Floats floats)) {
      new PanelWriter(part).pack(into, 0, to - from);
    } else if (part instanceof StridedMatrix strided) {
      PanelReader.pack(into, strided, 0, to - from);
    } else {
      throw new IllegalArgumentException(
          matrix.name() + ": " + floats.label() + " without strides");
    }
  }

  @Override
  public void close() {
    pool.close();
    arena.close();
  }
}
