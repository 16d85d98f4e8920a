package dev.quern.executor.device.reference;

import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.ExpertSource;
import dev.quern.executor.device.host.ActivationGroups;
import java.util.Arrays;

/** Matrix products: each output is one sum over ascending inputs. */
final class ReferenceProducts {
  private final Activations activations;

  ReferenceProducts(Activations activations) {
    this.activations = activations;
  }

  /** out[rows, w.rows] = x[rows, w.columns] . w^T. */
  void linear(float[] out, float[] x, ReferenceWeight w, int rows) {
    int inputs = w.columns();
    int outputs = w.rows();
    float[] input = prepared(x, w, rows);
    float[] weight = new float[inputs];
    for (int o = 0; o < outputs; o++) {
      w.read(o, weight);
      for (int r = 0; r < rows; r++) {
        float sum = 0;
        for (int i = 0; i < inputs; i++) {
          sum += input[r * inputs + i] * weight[i];
        }
        out[r * outputs + o] = sum;
      }
    }
  }

  /** out = silu(x . gate^T) * (x . up^T). */
  void gateUp(float[] out, float[] x, ReferenceWeight gate, ReferenceWeight up, int rows) {
    float[] gated = new float[rows * gate.rows()];
    linear(gated, x, gate, rows);
    linear(out, x, up, rows);
    for (int i = 0; i < gated.length; i++) {
      out[i] *= silu(gated[i]);
    }
  }

  /** Token by token, expert by expert in ascending id. */
  void experts(
      float[] out, float[] x, ReferenceRouting routing, ExpertSource source, int rows, int hidden) {
    float[] token = new float[hidden];
    float[] result = new float[hidden];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(x, r * hidden, token, 0, hidden);
      Arrays.fill(out, r * hidden, (r + 1) * hidden, 0f);
      for (int j = r * routing.topK(); j < (r + 1) * routing.topK(); j++) {
        ExpertSource.Expert expert = source.expert(routing.chosen[j]);
        ReferenceWeight gate = ReferenceDevice.own(expert.gate());
        float[] inner = new float[gate.rows()];
        gateUp(inner, token, gate, ReferenceDevice.own(expert.up()), 1);
        linear(result, inner, ReferenceDevice.own(expert.down()), 1);
        for (int c = 0; c < hidden; c++) {
          out[r * hidden + c] += routing.weights[j] * result[c];
        }
      }
    }
  }

  private float[] prepared(float[] x, ReferenceWeight w, int rows) {
    if (!ActivationGroups.apply(activations, w.type())) {
      return x;
    }
    float[] rounded = new float[rows * w.columns()];
    float[] row = new float[w.columns()];
    for (int r = 0; r < rows; r++) {
      ActivationGroups.roundTrip(x, r * w.columns(), w.columns(), row);
      System.arraycopy(row, 0, rounded, r * w.columns(), w.columns());
    }
    return rounded;
  }

  private static float silu(float x) {
    return x / (1f + (float) Math.exp(-x));
  }
}
