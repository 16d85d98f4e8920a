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

  /** out[rows, w.rows] = x[rows, w.columns] . w^T; row r of out and x starts at r * stride. */
  void linear(float[] out, int outStride, float[] x, int xStride, ReferenceWeight w, int rows) {
    int inputs = w.columns();
    int outputs = w.rows();
    float[] input = prepared(x, xStride, w, rows);
    float[] weight = new float[inputs];
    for (int o = 0; o < outputs; o++) {
      w.read(o, weight);
      for (int r = 0; r < rows; r++) {
        float sum = 0;
        for (int i = 0; i < inputs; i++) {
          sum += input[r * inputs + i] * weight[i];
        }
        out[r * outStride + o] = sum;
      }
    }
  }

  /** out = silu(x . gate^T) * (x . up^T). */
  void gateUp(
      float[] out,
      int outStride,
      float[] x,
      int xStride,
      ReferenceWeight gate,
      ReferenceWeight up,
      int rows) {
    int width = gate.rows();
    float[] gated = new float[rows * width];
    linear(gated, width, x, xStride, gate, rows);
    linear(out, outStride, x, xStride, up, rows);
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < width; o++) {
        out[r * outStride + o] *= silu(gated[r * width + o]);
      }
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
        gateUp(inner, inner.length, token, hidden, gate, ReferenceDevice.own(expert.up()), 1);
        linear(result, hidden, inner, inner.length, ReferenceDevice.own(expert.down()), 1);
        for (int c = 0; c < hidden; c++) {
          out[r * hidden + c] += routing.weights[j] * result[c];
        }
      }
    }
  }

  /** The inputs as the product takes them, [rows, w.columns]: rounded where quantized. */
  private float[] prepared(float[] x, int stride, ReferenceWeight w, int rows) {
    int inputs = w.columns();
    boolean quantized = ActivationGroups.apply(activations, w.format());
    float[] input = new float[rows * inputs];
    float[] row = new float[inputs];
    for (int r = 0; r < rows; r++) {
      if (quantized) {
        ActivationGroups.roundTrip(x, r * stride, inputs, row);
        System.arraycopy(row, 0, input, r * inputs, inputs);
      } else {
        System.arraycopy(x, r * stride, input, r * inputs, inputs);
      }
    }
    return input;
  }

  private static float silu(float x) {
    return x / (1f + (float) Math.exp(-x));
  }
}
