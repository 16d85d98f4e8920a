package dev.quern.executor.device.host;

import dev.quern.executor.device.DeviceException;
import java.util.function.DoubleUnaryOperator;

/** Log-probabilities of some tokens from a row of logits. */
public final class LogProbabilities {
  private LogProbabilities() {}

  /**
   * out[k] = logits[ids[k]] - log(sum of exp(logits)), added up in double, ids ascending.
   *
   * @param exp for arguments up to 0
   * @throws DeviceException when a logit is NaN or positive infinity, or none is finite
   */
  public static void of(double[] out, float[] logits, int[] ids, DoubleUnaryOperator exp) {
    float most = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < logits.length; id++) {
      if (!(logits[id] < Float.POSITIVE_INFINITY)) { // NaN fails every comparison
        throw new DeviceException(
            "log-probabilities: the logit of token "
                + id
                + " is "
                + logits[id]
                + "; the model's output is broken (check the weights)");
      }
      most = Math.max(most, logits[id]);
    }
    if (most == Float.NEGATIVE_INFINITY) {
      throw new DeviceException("log-probabilities: every token is masked");
    }
    double sum = 0;
    for (float logit : logits) {
      sum += exp.applyAsDouble(logit - most);
    }
    double norm = most + Math.log(sum);
    for (int k = 0; k < ids.length; k++) {
      out[k] = logits[ids[k]] - norm;
    }
  }
}
