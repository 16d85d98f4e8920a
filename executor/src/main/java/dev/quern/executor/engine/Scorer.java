package dev.quern.executor.engine;

import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.model.decoder.KvSizes;
import dev.quern.executor.model.decoder.StepInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Log-probabilities of given text under a model: what a quantization costs ({@code quern score}).
 */
public final class Scorer implements AutoCloseable {
  /** Tokens of a step: their logits are all wanted and must be held. */
  private static final int CHUNK = 128;

  /** Longest window that a text is cut into. */
  private static final int LONGEST_WINDOW = 2048;

  private final EngineOptions options;
  private final LoadedModel model;
  private final EnginePlan plan;
  private final int vocabulary;

  private Scorer(EngineOptions options, LoadedModel model, EnginePlan plan) {
    this.options = options;
    this.model = model;
    this.plan = plan;
    this.vocabulary = model.checkpoint().config().vocabSize();
  }

  /**
   * Opens the checkpoint; weights are packed by {@link #score}.
   *
   * @param notices receives lines for people before anything is loaded
   */
  public static Scorer open(EngineOptions options, Consumer<String> notices) {
    LoadedModel model = LoadedModel.open(options);
    try {
      return new Scorer(options, model, LocalEngine.plan(options, model, notices));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /**
   * The windows of a text, untemplated, each scored from its own start.
   *
   * @throws EngineException when the checkpoint has no tokenizer
   */
  public List<int[]> windows(String text) {
    int[] ids =
        model
            .tokenizer()
            .orElseThrow(() ->
                new EngineException(
                    model.folder()
                        + " has no tokenizer (tokenizer.json or tokenizer.model): give ids with"
                        + " --ids FILE.json"))
            .encode(List.of(PromptPart.value(text)));
    int window = Math.min(plan.maxModelLen(), LONGEST_WINDOW);
    List<int[]> windows = new ArrayList<>();
    for (int from = 0; from < ids.length; from += window) {
      windows.add(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + window)));
    }
    return windows;
  }

  /**
   * Scores prompts in their order.
   *
   * @throws EngineException for a prompt that is empty, too long or holds an id that is no token
   */
  public void score(List<int[]> prompts, Consumer<Scored> out) {
    int longest = 1;
    for (int k = 0; k < prompts.size(); k++) {
      check(k, prompts.get(k));
      longest = Math.max(longest, prompts.get(k).length);
    }
    int blockSize = plan.kv().blockSize();
    var kv = new KvSizes(Math.ceilDiv(longest, blockSize), blockSize, plan.kv().type());
    int chunk = Math.min(CHUNK, options.maxNumBatchedTokens());
    try (ModelRunner runner = Runners.open(options, model, kv, chunk, chunk, Optional.empty())) {
      float[] logits = new float[chunk * vocabulary];
      for (int k = 0; k < prompts.size(); k++) {
        out.accept(score(runner, logits, chunk, kv.blocks(), k, prompts.get(k)));
      }
    }
  }

  private void check(int k, int[] ids) {
    if (ids.length == 0) {
      throw new EngineException("prompt " + k + " is empty: there is nothing to score");
    }
    if (ids.length > plan.maxModelLen()) {
      throw new EngineException(
          "prompt "
              + k
              + " has "
              + ids.length
              + " tokens and the context holds "
              + plan.maxModelLen()
              + "; cut it or raise --max-model-len");
    }
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= vocabulary) {
        throw new EngineException(
            "prompt "
                + k
                + ": id "
                + ids[i]
                + " at place "
                + i
                + " is not in [0, "
                + vocabulary
                + ")");
      }
    }
  }

  private Scored score(
      ModelRunner runner, float[] logits, int chunk, int blocks, int k, int[] ids) {
    double[] logprobs = new double[ids.length - 1];
    int[] argmax = new int[ids.length];
    int[] table = new int[blocks];
    Arrays.setAll(table, i -> i);
    for (int from = 0; from < ids.length; from += chunk) {
      int rows = Math.min(chunk, ids.length - from);
      int[] every = new int[rows];
      Arrays.setAll(every, i -> i);
      runner.forward(
          new StepInput(
              Arrays.copyOfRange(ids, from, from + rows),
              new AttentionBatch(
                  1, new int[] {0, rows}, new int[] {from}, new int[][] {table}, new int[1]),
              every));
      runner.downloadLogits(logits, rows);
      for (int i = 0; i < rows; i++) {
        int position = from + i;
        int at = i * vocabulary;
        argmax[position] = best(logits, at);
        if (position < logprobs.length) {
          logprobs[position] =
              logits[at + ids[position + 1]] - logSumExp(logits, at, logits[at + argmax[position]]);
        }
      }
    }
    return new Scored(k, ids.clone(), logprobs, argmax);
  }

  private int best(float[] logits, int from) {
    int best = from;
    for (int i = from + 1; i < from + vocabulary; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best - from;
  }

  private double logSumExp(float[] logits, int from, float most) {
    double sum = 0;
    for (int i = from; i < from + vocabulary; i++) {
      sum += Math.exp(logits[i] - (double) most);
    }
    return most + Math.log(sum);
  }

  @Override
  public void close() {
    model.close();
  }
}
