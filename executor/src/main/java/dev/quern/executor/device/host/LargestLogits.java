package dev.quern.executor.device.host;

import dev.quern.executor.device.DeviceException;
import java.util.Arrays;

/** The largest of a row of logits. */
public final class LargestLogits {
  private LargestLogits() {}

  /**
   * Ids of the largest logits, best first, ties to the lower id; masked ones (minus infinity) are
   * left out. Meant for few: each of them is inserted into a sorted list.
   *
   * @param most ids wanted
   * @return fewer than {@code most} where fewer are not masked
   * @throws DeviceException when a logit is NaN or positive infinity
   */
  public static int[] of(float[] logits, int most) {
    int[] best = new int[most];
    int size = 0;
    float least = Float.NEGATIVE_INFINITY; // what an id must exceed to get in
    for (int id = 0; id < logits.length; id++) {
      float value = logits[id];
      if (!(value < Float.POSITIVE_INFINITY)) { // NaN fails every comparison
        throw new DeviceException(
            "most likely tokens: the logit of token "
                + id
                + " is "
                + value
                + "; the model's output is broken (check the weights)");
      }
      if (value > least && most > 0) {
        int at = size < most ? size++ : most - 1;
        for (; at > 0 && value > logits[best[at - 1]]; at--) {
          best[at] = best[at - 1];
        }
        best[at] = id;
        least = size < most ? Float.NEGATIVE_INFINITY : logits[best[most - 1]];
      }
    }
    return Arrays.copyOf(best, size);
  }
}
