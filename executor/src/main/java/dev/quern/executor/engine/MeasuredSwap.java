package dev.quern.executor.engine;

import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.model.decoder.StepInput;
import dev.quern.executor.swap.DiskSpeed;
import dev.quern.executor.swap.SwapCosts;
import dev.quern.executor.swap.SwapSpace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Opens {@code --swap-space} where it pays by what is measured at start. The bound is one for both
 * places, and no place gets more than half of what is free there. A device with memory of its own
 * gets host memory first and a spill file for the rest. Where the KV cache lies in host memory
 * itself, as on the CPU, a copy there makes no room: all of it is a spill file, which the system
 * keeps in whatever memory is free.
 */
final class MeasuredSwap {
  private static final int TOKENS = 128;
  private static final int BLOCKS = 16;
  private static final int RUNS = 8;
  private static final long ENOUGH_NANOS = 500_000_000;

  private final EngineOptions options;
  private final LoadedModel model;
  private final EnginePlan plan;
  private final ModelRunner runner;
  private final Consumer<String> notices;

  private MeasuredSwap(
      EngineOptions options,
      LoadedModel model,
      EnginePlan plan,
      ModelRunner runner,
      Consumer<String> notices) {
    this.options = options;
    this.model = model;
    this.plan = plan;
    this.runner = runner;
    this.notices = notices;
  }

  /** Measures, says what is on and why, and opens it. */
  static Optional<SwapSpace> open(
      EngineOptions options,
      LoadedModel model,
      EnginePlan plan,
      ModelRunner runner,
      Consumer<String> notices) {
    return options.swapBytes() == 0
        ? Optional.empty()
        : new MeasuredSwap(options, model, plan, runner, notices).open();
  }

  private Optional<SwapSpace> open() {
    long blockBytes = runner.blockBytes();
    if (options.swapBytes() < blockBytes || blockBytes > Integer.MAX_VALUE) {
      throw new EngineException(
          "swap-space "
              + EnginePlan.gib(options.swapBytes())
              + " and blocks of "
              + EnginePlan.gib(blockBytes)
              + ": it must hold one block, of at most 2 GiB; raise swap-space or lower block-size");
    }
    long host =
        runner.usesHostMemory()
            ? 0
            : Math.min(options.swapBytes(), HostMemory.availableBytes() / 2);
    SwapCosts memory = memoryCosts();
    var space = new SwapSpace(runner, notices);
    StringBuilder line = new StringBuilder("swap space:");
    if (host >= blockBytes) {
      line.append(place(host, "of host memory", memory));
      if (memory.pays()) {
        space.withHostMemory(host);
      }
    }
    if (options.swapBytes() - host >= blockBytes) {
      spill(space, line, options.swapBytes() - host, memory);
    }
    if (runner.usesHostMemory()) {
      line.append(
          "; blocks in memory are what a larger kv-cache-tokens holds, without copies, and so no"
              + " memory is taken here");
    }
    notices.accept(line.toString());
    if (space.hasPlace()) {
      return Optional.of(space);
    }
    space.close();
    return Optional.empty();
  }

  private void spill(SwapSpace space, StringBuilder line, long wanted, SwapCosts memory) {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    String where = "in a file in " + folder;
    try {
      FileStore disk = Files.getFileStore(folder);
      where += disk.type().equals("tmpfs") ? " (tmpfs, which is memory)" : "";
      // The other half is left to the job's output and to everybody else.
      long bytes = Math.min(wanted, disk.getUsableSpace() / 2);
      double tokenBytes = runner.blockBytes() / (double) plan.kv().blockSize();
      double file = DiskSpeed.microsPerByte(folder) * tokenBytes;
      var costs = new SwapCosts(memory.compute(), memory.out() + file, memory.back() + file);
      line.append(place(bytes, where, costs));
      if (costs.pays()) {
        space.withSpillFile(folder, bytes);
      }
    } catch (IOException e) {
      line.append(" ").append(where).append(" off: ").append(e);
    }
  }

  private static String place(long bytes, String where, SwapCosts costs) {
    return String.format(Locale.ROOT, " %s %s %s", EnginePlan.gib(bytes), where, costs.describe());
  }

  /** Of a step of a few tokens, and of copies out of and into the device; no block is used yet. */
  private SwapCosts memoryCosts() {
    int blockSize = plan.kv().blockSize();
    int tokens =
        Math.min(TOKENS, Math.min(options.maxNumBatchedTokens(), plan.kv().blocks() * blockSize));
    StepInput step = step(tokens);
    double compute = best(() -> runner.forward(step)) / tokens;
    int[] blocks = IntStream.range(0, Math.min(BLOCKS, plan.kv().blocks())).toArray();
    int copied = blocks.length * blockSize;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(blocks.length * runner.blockBytes(), 64);
      double out = best(() -> runner.exportBlocks(blocks, memory)) / copied;
      double back = best(() -> runner.importBlocks(blocks, memory)) / copied;
      return new SwapCosts(compute, out, back);
    }
  }

  private StepInput step(int tokens) {
    // Scattered ids, so that experts are hit as in a prompt.
    int[] ids = IntStream.range(0, tokens).map(i -> i * 7919 % model.validIds()).toArray();
    int[] table = IntStream.range(0, Math.ceilDiv(tokens, plan.kv().blockSize())).toArray();
    return new StepInput(
        ids,
        new AttentionBatch(
            1, new int[] {0, tokens}, new int[] {0}, new int[][] {table}, new int[] {0}),
        new int[0]);
  }

  /** Microseconds of the fastest of a few runs. */
  private static double best(Runnable work) {
    double best = Double.MAX_VALUE;
    long start = System.nanoTime();
    for (int i = 0; i < RUNS && System.nanoTime() - start < ENOUGH_NANOS; i++) {
      long before = System.nanoTime();
      work.run();
      best = Math.min(best, (System.nanoTime() - before) / 1e3);
    }
    return best;
  }
}
