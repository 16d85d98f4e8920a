package dev.quern.executor.model.decoder;

import dev.quern.executor.cache.PrefixCache;
import dev.quern.executor.cache.Turn;
import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.schedule.ScheduledStep;
import dev.quern.executor.schedule.ScheduledStep.Chunk;
import dev.quern.executor.schedule.Scheduler;
import dev.quern.executor.schedule.SchedulerLimits;
import dev.quern.executor.schedule.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Drives real scheduler, cache and decoder over golden prompts and keeps the logits of every token.
 */
final class GoldenRun implements AutoCloseable {
  /** How the run is cut up; the answer must not depend on it. */
  record Setting(boolean prefixCaching, int maxTokens, int blockSize, boolean batched) {}

  /** What came of a prompt: logits by position (null where the cache served it), ids, experts. */
  static final class Outcome {
    final float[][] logits;
    final List<Integer> generated = new ArrayList<>();
    final Map<Integer, int[][]> experts = new HashMap<>();
    int cachedTokens;

    Outcome(int positions) {
      logits = new float[positions][];
    }
  }

  private final int vocabulary;
  private final int blockSize;
  private final Decoder decoder;
  private final PrefixCache cache;
  private final Scheduler scheduler;
  private final Map<Integer, int[][]> chosen = new HashMap<>();
  private long batches;

  GoldenRun(Device device, Communicator communicator, Checkpoint checkpoint, Setting setting) {
    vocabulary = checkpoint.config().vocabSize();
    blockSize = setting.blockSize();
    int blocks = 512 / blockSize;
    decoder =
        new Decoder(
            device,
            communicator,
            checkpoint,
            new KvSizes(blocks, blockSize, ElementType.F32),
            setting.maxTokens(),
            setting.maxTokens(),
            vocabulary,
            Optional.of(chosen::put));
    cache = new PrefixCache(blocks, blockSize, setting.prefixCaching(), 7);
    scheduler =
        new Scheduler(
            cache,
            new SchedulerLimits(8, setting.maxTokens(), true, 0),
            copy -> decoder.copyBlock(copy.from(), copy.to(), copy.tokens()));
  }

  /** Runs the prompts together, each until it has generated {@code count} greedy tokens. */
  List<Outcome> run(List<int[]> prompts, int count) {
    Map<Sequence, Outcome> outcomes = new HashMap<>();
    List<Outcome> inOrder = new ArrayList<>();
    for (int[] prompt : prompts) {
      var sequence = new Sequence(new Turn(0, batches, inOrder.size()), prompt.clone(), 64);
      var outcome = new Outcome(prompt.length);
      outcomes.put(sequence, outcome);
      inOrder.add(outcome);
      scheduler.add(sequence);
    }
    batches++;
    while (scheduler.waitingSequences() + scheduler.runningSequences() > 0) {
      ScheduledStep step = scheduler.next(_ -> true);
      StepInput input = step.input(blockSize);
      int rows = input.tokens();
      int[] every = new int[rows];
      Arrays.setAll(every, i -> i);
      chosen.clear();
      decoder.forward(new StepInput(input.ids(), input.attention(), every));
      float[] logits = new float[rows * vocabulary];
      decoder.downloadLogits(logits, rows);
      scheduler.completed(step);
      int row = 0;
      for (Chunk chunk : step.chunks()) {
        row = take(chunk, outcomes.get(chunk.sequence()), logits, row);
        if (outcomes.get(chunk.sequence()).generated.size() == count) {
          outcomes.get(chunk.sequence()).cachedTokens = chunk.sequence().cachedTokens();
          scheduler.drop(chunk.sequence());
        }
      }
      cache.checkIntegrity();
    }
    return inOrder;
  }

  private int take(Chunk chunk, Outcome outcome, float[] logits, int firstRow) {
    int row = firstRow;
    float[] last = null;
    for (int position = chunk.from(); position < chunk.to(); position++, row++) {
      last = Arrays.copyOfRange(logits, row * vocabulary, (row + 1) * vocabulary);
      if (position < outcome.logits.length) {
        outcome.logits[position] = last;
        for (Map.Entry<Integer, int[][]> layer : chosen.entrySet()) {
          outcome
                  .experts
                  .computeIfAbsent(layer.getKey(), _ -> new int[outcome.logits.length][])[
                  position] =
              layer.getValue()[row];
        }
      }
    }
    if (chunk.wantsLogits()) {
      int best = 0;
      for (int i = 1; i < last.length; i++) {
        if (last[i] > last[best]) {
          best = i;
        }
      }
      chunk.sequence().append(best);
      outcome.generated.add(best);
    }
    return row;
  }

  @Override
  public void close() {
    decoder.close();
  }
}
