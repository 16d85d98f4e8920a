package dev.quern.executor.engine;

import java.util.Objects;

/**
 * What an engine does and has done since it was opened: counters only grow. A view of one moment
 * between two steps; what a running step changes is in the next view.
 *
 * @param running rows that hold a place in the cache
 * @param waiting rows that were submitted and do not, those preempted among them
 * @param kvBlocks the KV cache now
 * @param tokens counted since the engine was opened
 * @param preemptions times that a running row gave its place up and went back to the queue
 * @param steps steps run
 * @param stepRows rows of a step
 * @param stepTokens tokens computed in a step, of prompts and of answers
 * @param stepSeconds seconds of a step, drawing included
 */
public record EngineStatistics(
    int running,
    int waiting,
    KvBlocks kvBlocks,
    Tokens tokens,
    long preemptions,
    long steps,
    StepHistogram stepRows,
    StepHistogram stepTokens,
    StepHistogram stepSeconds) {

  /** Of an engine that has done nothing, or that keeps no statistics. */
  public static final EngineStatistics NONE =
      new EngineStatistics(
          0,
          0,
          new KvBlocks(0, 0, 0, 0, 0),
          new Tokens(0, 0, 0, 0, 0),
          0,
          0,
          StepHistogram.empty(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024),
          // Those of vLLM's iteration_tokens_total.
          StepHistogram.empty(1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384),
          StepHistogram.empty(
              0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10));

  public EngineStatistics {
    Objects.requireNonNull(kvBlocks, "kvBlocks");
    Objects.requireNonNull(tokens, "tokens");
  }

  EngineStatistics withWaiting(int more) {
    return new EngineStatistics(
        running,
        waiting + more,
        kvBlocks,
        tokens,
        preemptions,
        steps,
        stepRows,
        stepTokens,
        stepSeconds);
  }

  /**
   * Blocks of the KV cache: used + cached + free = total.
   *
   * @param total blocks of the device
   * @param used held by running rows
   * @param cached held by nobody and kept for prompts that begin alike; given up where room is
   *     wanted
   * @param free empty
   * @param swapped contents of evicted blocks in the swap space, beside the device's
   */
  public record KvBlocks(int total, int used, int cached, int free, int swapped) {
    public KvBlocks {
      if (used + cached + free != total) {
        throw new IllegalArgumentException(
            "used " + used + " + cached " + cached + " + free " + free + " != total " + total);
      }
    }
  }

  /**
   * Token counts.
   *
   * @param queried prompt tokens of rows that started, which were looked up in the prefix cache
   * @param hit those of them that it had; a row counts once, when it first starts
   * @param computed prompt tokens computed, again after an eviction or preemption too
   * @param recomputed those of them that had been computed before
   * @param generated tokens drawn; with choices: decisions drawn
   */
  public record Tokens(long queried, long hit, long computed, long recomputed, long generated) {}
}
