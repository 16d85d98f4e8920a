package dev.quern.executor.device.cpu;

import dev.quern.executor.device.host.Require;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The (token, choice) pairs of a step sorted by expert, and the tasks to multiply them: an expert,
 * up to a chunk of its tokens, and a part of its panels where there are few tasks.
 */
final class ExpertGroups implements AutoCloseable {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  /** Tasks for each thread below which experts are cut into parts. */
  private static final int TASKS = 4;

  private final Scratch tokens;
  private final Scratch slots;
  private int[] start = new int[0];
  private int[] next = new int[0];
  private int[] taskExpert = new int[0];
  private int[] taskFirst = new int[0];
  private int tasks;
  private int parts;
  private MemorySegment tokenOf;
  private MemorySegment slotOf;

  ExpertGroups(OffHeap memory) {
    tokens = new Scratch(memory, "tokens by expert");
    slots = new Scratch(memory, "slots of a token");
  }

  /** Counting sort of the tokens from {@code from} on; those of an expert keep their order. */
  void sort(CpuRouting routing, int experts, int from, int rows, int threads) {
    int count = rows * routing.topK();
    int first = from * routing.topK();
    tokenOf = tokens.require(4L * count);
    slotOf = slots.require(4L * count);
    if (start.length < experts + 1) {
      start = new int[experts + 1];
      next = new int[experts];
    }
    for (int e = 0; e < experts; e++) {
      next[e] = 0;
    }
    for (int i = 0; i < count; i++) {
      next[Require.index("chosen expert", routing.chosen[first + i], experts)]++;
    }
    tasks = 0;
    start[0] = 0;
    for (int e = 0; e < experts; e++) {
      start[e + 1] = start[e] + next[e];
      tasks += (next[e] + Kernels.CHUNK - 1) / Kernels.CHUNK;
      next[e] = start[e];
    }
    for (int i = 0; i < count; i++) {
      int slot = next[routing.chosen[first + i]]++;
      tokenOf.setAtIndex(INT, slot, from + i / routing.topK());
      slotOf.setAtIndex(INT, i, slot);
    }
    if (taskExpert.length < tasks) {
      taskExpert = new int[2 * tasks];
      taskFirst = new int[2 * tasks];
    }
    largestFirst(experts);
    parts = threads == 1 ? 1 : Math.max(1, (TASKS * threads + tasks - 1) / Math.max(1, tasks));
  }

  /**
   * Whole chunks first, then the rests in descending size, so that the last task is a short one.
   */
  private void largestFirst(int experts) {
    int task = 0;
    for (int size = Kernels.CHUNK; size > 0 && task < tasks; size--) {
      for (int e = 0; e < experts; e++) {
        int count = start[e + 1] - start[e];
        int first = size == Kernels.CHUNK ? 0 : count / Kernels.CHUNK * Kernels.CHUNK;
        int last = size == Kernels.CHUNK ? count / Kernels.CHUNK * Kernels.CHUNK : count;
        if (size < Kernels.CHUNK && last - first != size) {
          continue;
        }
        for (int at = first; at < last; at += Kernels.CHUNK) {
          taskExpert[task] = e;
          taskFirst[task++] = start[e] + at;
        }
      }
    }
  }

  /** Tasks of a product, {@link #parts} for each expert and chunk. */
  int tasks() {
    return tasks * parts;
  }

  int expert(int task) {
    return taskExpert[task / parts];
  }

  /** The first slot of a task; slots of an expert are consecutive. */
  int first(int task) {
    return taskFirst[task / parts];
  }

  int count(int task) {
    return Math.min(Kernels.CHUNK, start[expert(task) + 1] - first(task));
  }

  /**
   * The first of {@code panels} panels that the task multiplies; the next task's begins its end.
   */
  int panel(int task, int end, int panels) {
    return (int) ((long) panels * (task % parts + end) / parts);
  }

  /** The token of each slot. */
  MemorySegment tokenOf() {
    return tokenOf;
  }

  /** The slot of each (token, choice). */
  MemorySegment slotOf() {
    return slotOf;
  }

  @Override
  public void close() {
    tokens.close();
    slots.close();
  }
}
