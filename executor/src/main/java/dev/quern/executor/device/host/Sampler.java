package dev.quern.executor.device.host;

import dev.quern.executor.device.DeviceException;
import dev.quern.executor.device.Sampling;
import dev.quern.executor.device.SamplingRow;

/**
 * Draws the next token of a row from its logits: penalties, bias, banned ids, temperature, top-k,
 * top-p, min-p, one draw. Ties are always broken towards the lower id. One instance serves one
 * thread; it keeps its buffers.
 */
public final class Sampler {
  private final int vocabulary;
  private final float[] logits;
  private final float[] mass;
  private final Penalties penalties;
  private final Candidates candidates;

  public Sampler(int vocabulary) {
    this.vocabulary = vocabulary;
    logits = new float[vocabulary];
    mass = new float[vocabulary];
    penalties = new Penalties(vocabulary);
    candidates = new Candidates(vocabulary);
  }

  /** Number of logits of a row. */
  public int vocabulary() {
    return vocabulary;
  }

  /** The buffer to fill with a row's logits before {@link #next}; overwritten by it. */
  public float[] logits() {
    return logits;
  }

  /**
   * The sampled id for the logits in {@link #logits()}.
   *
   * @throws DeviceException when a logit is NaN or positive infinity, or no id may be drawn
   */
  public int next(SamplingRow row) {
    penalties.apply(logits, row);
    if (row.biasedIds() != null) {
      for (int i = 0; i < row.biasedIds().length; i++) {
        logits[row.biasedIds()[i]] += row.bias()[i];
      }
    }
    if (row.banned() != null) {
      for (int id : row.banned()) {
        logits[id] = Float.NEGATIVE_INFINITY;
      }
    }
    int best = argmax(row);
    return row.sampling().temperature() == 0 ? best : draw(row, logits[best]);
  }

  private int argmax(SamplingRow row) {
    int best = -1;
    float bestValue = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < vocabulary; id++) {
      float value = logits[id];
      if (!(value < Float.POSITIVE_INFINITY)) { // NaN fails every comparison
        throw notFinite(row, id);
      }
      if (value > bestValue) {
        best = id;
        bestValue = value;
      }
    }
    if (best < 0) {
      throw new DeviceException(
          "sampling at position " + row.position() + ": every token is banned or masked");
    }
    return best;
  }

  private DeviceException notFinite(SamplingRow row, int id) {
    return new DeviceException(
        "sampling at position "
            + row.position()
            + ": the logit of token "
            + id
            + " is "
            + logits[id]
            + "; the model's output is broken (check the weights)");
  }

  private int draw(SamplingRow row, float max) {
    double scale = 1 / row.sampling().temperature();
    for (int id = 0; id < vocabulary; id++) {
      mass[id] = FastExp.exp((float) ((logits[id] - max) * scale));
    }
    candidates.keepAll(mass, logits);
    Sampling sampling = row.sampling();
    if (sampling.topK() > 0 && sampling.topK() < vocabulary) {
      candidates.keepBest(sampling.topK());
    }
    if (sampling.topP() < 1) {
      candidates.keepMass(sampling.topP());
    }
    if (sampling.minP() > 0) {
      candidates.keepAtLeast((float) sampling.minP()); // the best token has mass 1
    }
    return candidates.pick(CounterRandom.uniform(row.seed(), row.position(), 0));
  }
}
