package dev.quern.executor.device.host;

/**
 * The router's choice for one token: softmax over all experts in float32, the topK of probability +
 * bias (ties to the lower id), weights renormalised over the chosen.
 */
public final class ExpertChoice {
  private final float[] probability;
  private final boolean[] taken;

  public ExpertChoice(int experts) {
    probability = new float[experts];
    taken = new boolean[experts];
  }

  /**
   * @param scores router outputs of the token, from index {@code from} on
   * @param bias added for the selection only; null for none
   * @param chosen receives topK ascending ids from index {@code at} on
   * @param weights receives their weights
   */
  public void choose(
      float[] scores,
      int from,
      float[] bias,
      int topK,
      float normMin,
      int[] chosen,
      float[] weights,
      int at) {
    softmax(scores, from);
    java.util.Arrays.fill(taken, false);
    for (int j = 0; j < topK; j++) {
      taken[best(bias)] = true;
    }
    float sum = 0;
    int next = at;
    for (int e = 0; e < taken.length; e++) {
      if (taken[e]) {
        sum += probability[e];
        chosen[next] = e;
        weights[next++] = probability[e];
      }
    }
    float divisor = Math.max(sum, normMin);
    for (int j = at; j < next; j++) {
      weights[j] /= divisor;
    }
  }

  private void softmax(float[] scores, int from) {
    float max = Float.NEGATIVE_INFINITY;
    for (int e = 0; e < probability.length; e++) {
      max = Math.max(max, scores[from + e]);
    }
    float sum = 0;
    for (int e = 0; e < probability.length; e++) {
      probability[e] = (float) Math.exp(scores[from + e] - max);
      sum += probability[e];
    }
    for (int e = 0; e < probability.length; e++) {
      probability[e] /= sum;
    }
  }

  private int best(float[] bias) {
    int best = -1;
    float bestValue = 0;
    for (int e = 0; e < probability.length; e++) {
      if (!taken[e]) {
        float value = bias == null ? probability[e] : probability[e] + bias[e];
        if (best < 0 || value > bestValue) {
          best = e;
          bestValue = value;
        }
      }
    }
    return best;
  }
}
