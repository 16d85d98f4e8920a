package dev.quern.executor.bench;

import dev.quern.executor.bench.Measured.Operation;
import dev.quern.executor.engine.EngineOptions;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What to measure.
 *
 * @param operations which kinds of points
 * @param promptTokens length of every prompt
 * @param generateTokens tokens generated behind it
 * @param batches numbers of rows that are prefilled and decoded together
 * @param sharedPrefix leading tokens of the prompts that the rows of a decoding batch or of a job
 *     have in common
 * @param jobRows rows of a job, present exactly when one is measured
 */
public record BenchRequest(
    Set<Operation> operations,
    int promptTokens,
    int generateTokens,
    List<Integer> batches,
    int sharedPrefix,
    OptionalInt jobRows) {

  public BenchRequest {
    operations = Set.copyOf(operations);
    batches = List.copyOf(batches);
    if (operations.contains(Operation.JOB) != jobRows.isPresent()) {
      throw new IllegalArgumentException(
          jobRows.isPresent()
              ? "--rows belongs to a job, which --operations leaves out"
              : "a job needs --rows");
    }
    if (sharedPrefix > promptTokens) {
      throw new IllegalArgumentException(
          "--shared-prefix "
              + sharedPrefix
              + " is more than --prompt-tokens "
              + promptTokens
              + ", of which it is a part");
    }
  }

  /**
   * Whether an engine with these options can be measured.
   *
   * @throws IllegalArgumentException naming the option and what to set
   */
  public void check(EngineOptions options) {
    if (!options.device().matches("cpu(:.*)?")) {
      throw new IllegalArgumentException(
          "--device " + options.device() + ": quern bench measures cpu, or cpu:ISA");
    }
    if (!options.prefixCaching()) {
      throw new IllegalArgumentException(
          "--enable-prefix-caching false: decoding is measured behind cached prompts; leave it on");
    }
    int most = batches.stream().mapToInt(b -> b).max().orElse(1);
    if (most > options.maxNumSeqs()) {
      throw new IllegalArgumentException(
          "--batch "
              + most
              + " is more than the "
              + options.maxNumSeqs()
              + " rows of a step; give --max-num-seqs "
              + most);
    }
    if (most > options.maxNumBatchedTokens()) {
      throw new IllegalArgumentException(
          "--batch "
              + most
              + " is more than the "
              + options.maxNumBatchedTokens()
              + " tokens of a step; give --max-num-batched-tokens "
              + most);
    }
  }

  /** Tokens that the longest sequence reaches: prompt, one more that starts decoding, answer. */
  int longest() {
    return promptTokens + 1 + generateTokens;
  }
}
