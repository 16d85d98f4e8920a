package dev.quern.executor.engine;

import dev.quern.executor.cache.BlockCopy;
import dev.quern.executor.device.LocalCommunicatorGroup;
import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.model.decoder.StepInput;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

/**
 * Ranks of one process, a device and a thread each, that run every step together; rank 0 samples. A
 * rank that fails ends the group: the others get an error instead of waiting for it.
 */
final class TensorParallelRunner implements ModelRunner {
  private final LocalCommunicatorGroup group;
  private final List<ExecutorService> threads = new ArrayList<>();
  private final List<ModelRunner> ranks = new ArrayList<>();

  /**
   * @param open opens a rank's runner; called on the rank's own thread
   */
  TensorParallelRunner(LocalCommunicatorGroup group, int size, IntFunction<ModelRunner> open) {
    this.group = group;
    for (int rank = 0; rank < size; rank++) {
      String name = "quern-rank-" + rank;
      threads.add(
          Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory()));
    }
    try {
      for (int rank = 0; rank < size; rank++) {
        int at = rank;
        ranks.add(await(threads.get(at).submit(() -> open.apply(at))));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public void copyBlock(BlockCopy copy) {
    onEveryRank((_, rank) -> rank.copyBlock(copy));
  }

  @Override
  public long blockBytes() {
    return ranks.stream().mapToLong(ModelRunner::blockBytes).sum();
  }

  @Override
  public void exportBlocks(int[] blocks, MemorySegment target) {
    onEveryRank((at, rank) -> rank.exportBlocks(blocks, part(at, blocks.length, target)));
  }

  @Override
  public void importBlocks(int[] blocks, MemorySegment source) {
    onEveryRank((at, rank) -> rank.importBlocks(blocks, part(at, blocks.length, source)));
  }

  /** Where a rank's blocks stand among those of all ranks. */
  private MemorySegment part(int rank, int blocks, MemorySegment all) {
    long before = ranks.subList(0, rank).stream().mapToLong(ModelRunner::blockBytes).sum();
    return all.asSlice(blocks * before, blocks * ranks.get(rank).blockBytes());
  }

  @Override
  public boolean usesHostMemory() {
    return ranks.getFirst().usesHostMemory();
  }

  @Override
  public void forward(StepInput step) {
    onEveryRank((_, rank) -> rank.forward(step));
  }

  @Override
  public void sample(int[] ids, SamplingRow[] rows, int count) {
    await(threads.getFirst().submit(() -> ranks.getFirst().sample(ids, rows, count)));
  }

  @Override
  public void logProbabilities(double[][] out, int[][] ids, int count) {
    await(threads.getFirst().submit(() -> ranks.getFirst().logProbabilities(out, ids, count)));
  }

  @Override
  public void report(double[][] out, int[][] ids, int[] most, int count) {
    await(threads.getFirst().submit(() -> ranks.getFirst().report(out, ids, most, count)));
  }

  @Override
  public void logits(int[] tokens) {
    await(threads.getFirst().submit(() -> ranks.getFirst().logits(tokens)));
  }

  @Override
  public void downloadLogits(float[] target, int rows) {
    await(threads.getFirst().submit(() -> ranks.getFirst().downloadLogits(target, rows)));
  }

  private void onEveryRank(BiConsumer<Integer, ModelRunner> work) {
    List<Future<?>> running = new ArrayList<>();
    for (int rank = 0; rank < ranks.size(); rank++) {
      int at = rank;
      running.add(
          threads
              .get(at)
              .submit(() -> {
                try {
                  work.accept(at, ranks.get(at));
                } catch (RuntimeException | Error e) { // else the others would wait for ever
                  group.abort("rank " + at + " failed: " + e.getMessage());
                  throw e;
                }
              }));
    }
    running.forEach(TensorParallelRunner::await);
  }

  /**
   * Waits for a rank; an interrupt is kept for the caller, since a step cannot be left half done.
   */
  private static <T> T await(Future<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof RuntimeException failure) {
            throw failure;
          }
          throw new EngineException("a tensor-parallel rank failed: " + e.getCause(), e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    for (int rank = 0; rank < ranks.size(); rank++) {
      await(threads.get(rank).submit(ranks.get(rank)::close));
    }
    threads.forEach(ExecutorService::shutdown);
  }
}
