package dev.quern.executor.device.cpu;

import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.device.host.FastExp;
import dev.quern.executor.device.host.LargestLogits;
import dev.quern.executor.device.host.LogProbabilities;
import dev.quern.executor.device.host.Sampler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Sampling over the pool. Rows that only want the largest logit are scanned where they stand, few
 * of them in ranges of ids; all others go through the host's sampler, a row a task.
 */
final class CpuSampling {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  /** Ids of a range at least: below, waking a thread costs more than the scan. */
  private static final int RANGE = 8192;

  private final Kernels kernels;
  private final WorkerPool pool;
  private final Sampler[] samplers;
  private final WorkerPool.Task task = this::range;
  private int[] best = new int[0]; // [row][range]

  // The call in progress.
  private MemorySegment logits;
  private SamplingRow[] rows;
  private int[] ids;
  private int columns;
  private int ranges;

  CpuSampling(Kernels kernels, WorkerPool pool) {
    this.kernels = kernels;
    this.pool = pool;
    samplers = new Sampler[pool.threads()];
  }

  void sample(int[] target, MemorySegment values, int width, SamplingRow[] wanted, int count) {
    logits = values;
    rows = wanted;
    ids = target;
    columns = width;
    int enough = (2 * pool.threads() + count - 1) / count;
    ranges = Math.clamp(columns / RANGE, 1, enough);
    if (best.length < count * ranges) {
      best = new int[count * ranges];
    }
    pool.run(count * ranges, task);
    for (int i = 0; i < count; i++) {
      if (greedy(rows[i])) {
        ids[i] = merge(i);
      }
    }
  }

  private static boolean greedy(SamplingRow row) {
    return row.sampling().temperature() == 0
        && !row.sampling().penalized()
        && row.biasedIds() == null;
  }

  private static boolean banned(SamplingRow row, int id) {
    if (row.banned() != null) {
      for (int banned : row.banned()) {
        if (banned == id) {
          return true;
        }
      }
    }
    return false;
  }

  private void range(int index, int worker) {
    int row = index / ranges;
    int part = index % ranges;
    if (greedy(rows[row])) {
      int from = (int) ((long) columns * part / ranges);
      int to = (int) ((long) columns * (part + 1) / ranges);
      best[index] = kernels.argmax(logits, (long) row * columns, from, to);
    } else if (part == 0) {
      ids[row] = draw(row, worker);
    }
  }

  private int draw(int row, int worker) {
    return loaded(row, worker).next(rows[row]);
  }

  /** A worker's sampler with the logits of a row. */
  private Sampler loaded(int row, int worker) {
    if (samplers[worker] == null || samplers[worker].vocabulary() != columns) {
      samplers[worker] = new Sampler(columns);
    }
    Sampler sampler = samplers[worker];
    MemorySegment.copy(logits, FLOAT, 4L * row * columns, sampler.logits(), 0, columns);
    return sampler;
  }

  /** {@link dev.quern.executor.device.Device#logProbabilities}, a row a task. */
  void logProbabilities(
      double[][] target, MemorySegment values, int width, int[][] wanted, int count) {
    logits = values;
    columns = width;
    pool.run(
        count,
        (row, worker) -> {
          if (wanted[row] != null) {
            LogProbabilities.of(
                target[row],
                loaded(row, worker).logits(),
                wanted[row],
                x -> FastExp.exp((float) x));
          }
        });
  }

  /** {@link dev.quern.executor.device.Device#largest}, a row a task. */
  void largest(int[][] target, MemorySegment values, int width, int[] most, int count) {
    logits = values;
    columns = width;
    pool.run(
        count,
        (row, worker) -> {
          if (most[row] > 0) {
            target[row] = LargestLogits.of(loaded(row, worker).logits(), most[row]);
          }
        });
  }

  /** The best of a row's ranges; what is no number, or nothing at all, is the sampler's error. */
  private int merge(int row) {
    int chosen = -1;
    float most = Float.NEGATIVE_INFINITY;
    for (int part = 0; part < ranges; part++) {
      int id = best[row * ranges + part];
      if (id == Kernels.NOT_FINITE) {
        return draw(row, 0);
      }
      if (id >= 0) {
        float value = logits.getAtIndex(FLOAT, (long) row * columns + id);
        if (value > most) {
          most = value;
          chosen = id;
        }
      }
    }
    // A banned id is rarely the best one: only then is the row searched without it.
    return chosen < 0 || banned(rows[row], chosen) ? draw(row, 0) : chosen;
  }
}
