package dev.quern.executor.model.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.ExpertSource;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.Tensor;
import dev.quern.executor.device.Weight;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.host.ActivationGroups;
import dev.quern.executor.device.host.HostRouting;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;

/**
 * The quantized activations of one device's run of a model, in the order of its products, and a
 * second device that multiplies in float32 but takes these for its own. Where two devices add in
 * different orders, a number that stands between two integers may be rounded to either; with the
 * choices of one of them in both, everything else must agree.
 */
final class Roundings {
  /** What a quantized input may be away from the number that the second device has, in steps. */
  private static final float MOST_STEPS = 0.5f + 2e-3f;

  private final Deque<float[]> inputs = new ArrayDeque<>();
  private long numbers;
  private long choices;

  /** The device itself; what its products quantize is kept. */
  Device recording(Device device) {
    return proxy(new Recording(device));
  }

  /** The device with the kept inputs in its products with integers, each checked on the way. */
  Device following(Device device) {
    return proxy(new Following(device));
  }

  /** Numbers that the second device took. */
  long numbers() {
    return numbers;
  }

  /** Those of them that it would have rounded to the integer beside. */
  long choices() {
    return choices;
  }

  boolean allTaken() {
    return inputs.isEmpty();
  }

  private static Device proxy(InvocationHandler handler) {
    return (Device)
        Proxy.newProxyInstance(
            Device.class.getClassLoader(), new Class<?>[] {Device.class}, handler);
  }

  /** Knows the formats of the weights that its device packed. */
  private abstract static class Intercepting implements InvocationHandler {
    final Device device;
    private final IdentityHashMap<Weight, WeightFormat> formats = new IdentityHashMap<>();

    Intercepting(Device device) {
      this.device = device;
    }

    final Weight pack(HostMatrix matrix) {
      Weight weight = device.pack(matrix);
      formats.put(weight, matrix.format());
      return weight;
    }

    final boolean quantized(Weight weight) {
      return ActivationGroups.apply(Activations.INT8, formats.get(weight));
    }

    final float[] values(Tensor x, int rows) {
      float[] values = new float[rows * x.columns()];
      device.download(x, values, values.length);
      return values;
    }

    final Tensor upload(float[] values, int from, int rows, int columns) {
      Tensor tensor = device.allocate(ElementType.F32, rows, columns);
      float[] part = Arrays.copyOfRange(values, from, from + rows * columns);
      device.upload(tensor, part, part.length);
      return tensor;
    }

    final Object forward(Method method, Object[] args) throws Throwable {
      try {
        return method.invoke(device, args);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  private final class Recording extends Intercepting {
    Recording(Device device) {
      super(device);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] a) throws Throwable {
      switch (method.getName()) {
        case "pack" -> {
          return pack((HostMatrix) a[0]);
        }
        case "linear" -> keep((Tensor) a[1], (int) a[3], (Weight) a[2]);
        case "logits" -> keep((Tensor) a[1], (int) a[4], (Weight) a[2]);
        case "linearAdd" -> keep((Tensor) a[2], (int) a[4], (Weight) a[3]);
        case "normLinear" ->
            keepNormed((Tensor) a[2], (Weight) a[3], (float) a[4], (int) a[6], (Weight[]) a[5]);
        case "gateUp" -> keep((Tensor) a[2], (int) a[5], (Weight) a[3], (Weight) a[4]);
        case "normGateUp" ->
            keepNormed(
                (Tensor) a[3],
                (Weight) a[4],
                (float) a[5],
                (int) a[8],
                (Weight) a[6],
                (Weight) a[7]);
        case "experts" ->
            keepExperts((Tensor) a[1], (HostRouting) a[2], (ExpertSource) a[3], (int) a[4]);
        default -> {}
      }
      return forward(method, a);
    }

    private void keep(Tensor x, int rows, Weight... weights) {
      float[] values = values(x, rows);
      float[] rounded = new float[x.columns()];
      float[] all = new float[values.length];
      for (int r = 0; r < rows; r++) {
        ActivationGroups.roundTrip(values, r * rounded.length, rounded.length, rounded);
        System.arraycopy(rounded, 0, all, r * rounded.length, rounded.length);
      }
      for (Weight weight : weights) {
        if (quantized(weight)) {
          inputs.add(all);
        }
      }
    }

    private void keepNormed(Tensor x, Weight gain, float eps, int rows, Weight... weights) {
      try (Tensor normed = device.allocate(ElementType.F32, rows, x.columns())) {
        device.rmsNorm(normed, x, gain, eps, rows);
        keep(normed, rows, weights);
      }
    }

    /** Bits do not depend on the rows of a call, so a token alone has those of the batch. */
    private void keepExperts(Tensor x, HostRouting routing, ExpertSource source, int rows) {
      float[] values = values(x, rows);
      for (int r = 0; r < rows; r++) {
        for (int e : routing.download(rows)[r]) {
          ExpertSource.Expert expert = source.expert(e);
          int width = expert.gate().rows();
          try (Tensor row = upload(values, r * x.columns(), 1, x.columns());
              Tensor inner = device.allocate(ElementType.F32, 1, width);
              Tensor scratch = device.allocate(ElementType.F32, 1, width)) {
            keep(row, 1, expert.gate(), expert.up());
            device.gateUp(inner, scratch, row, expert.gate(), expert.up(), 1);
            keep(inner, 1, expert.down());
          }
        }
      }
    }
  }

  private final class Following extends Intercepting {
    Following(Device device) {
      super(device);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] a) throws Throwable {
      switch (method.getName()) {
        case "pack" -> {
          return pack((HostMatrix) a[0]);
        }
        case "linear" -> linear((Tensor) a[0], (Tensor) a[1], (Weight) a[2], (int) a[3]);
        case "logits" -> linear((Tensor) a[0], (Tensor) a[1], (Weight) a[2], (int) a[4]);
        case "gateUp" ->
            gateUp((Tensor) a[0], (Tensor) a[2], (Weight) a[3], (Weight) a[4], (int) a[5]);
        case "experts" ->
            experts(
                (Tensor) a[0], (Tensor) a[1], (HostRouting) a[2], (ExpertSource) a[3], (int) a[4]);
        default -> {
          return method.isDefault()
              ? InvocationHandler.invokeDefault(proxy, method, a)
              : forward(method, a);
        }
      }
      return null;
    }

    private void linear(Tensor out, Tensor x, Weight weight, int rows) {
      if (!quantized(weight)) {
        device.linear(out, x, weight, rows);
        return;
      }
      try (Tensor taken = upload(take(values(x, rows), x.columns()), 0, rows, x.columns())) {
        device.linear(out, taken, weight, rows);
      }
    }

    private void gateUp(Tensor out, Tensor x, Weight gate, Weight up, int rows) {
      try (Tensor gated = device.allocate(ElementType.F32, rows, gate.rows())) {
        linear(gated, x, gate, rows);
        linear(out, x, up, rows);
        float[] g = values(gated, rows);
        float[] u = values(out, rows);
        for (int i = 0; i < u.length; i++) {
          u[i] *= g[i] / (1f + (float) Math.exp(-g[i]));
        }
        device.upload(out, u, u.length);
      }
    }

    private void experts(Tensor out, Tensor x, HostRouting routing, ExpertSource source, int rows) {
      int hidden = x.columns();
      float[] values = values(x, rows);
      float[] sums = new float[rows * hidden];
      for (int j = 0; j < rows * routing.topK(); j++) {
        int r = j / routing.topK();
        ExpertSource.Expert expert = source.expert(routing.chosen[j]);
        try (Tensor row = upload(values, r * hidden, 1, hidden);
            Tensor inner = device.allocate(ElementType.F32, 1, expert.gate().rows());
            Tensor result = device.allocate(ElementType.F32, 1, hidden)) {
          gateUp(inner, row, expert.gate(), expert.up(), 1);
          linear(result, inner, expert.down(), 1);
          float[] one = values(result, 1);
          for (int c = 0; c < hidden; c++) {
            sums[r * hidden + c] += routing.weights[j] * one[c];
          }
        }
      }
      device.upload(out, sums, sums.length);
    }

    /** The kept input, if it is what these numbers may be rounded to. */
    private float[] take(float[] own, int columns) {
      float[] kept = inputs.remove();
      assertEquals(kept.length, own.length);
      float[] rounded = new float[columns];
      for (int row = 0; row < own.length; row += columns) {
        ActivationGroups.roundTrip(own, row, columns, rounded);
        for (int from = 0; from < columns; from += ActivationGroups.SIZE) {
          int to = Math.min(columns, from + ActivationGroups.SIZE);
          float most = 0;
          for (int i = from; i < to; i++) {
            most = Math.max(most, Math.abs(own[row + i]));
          }
          float step = most / 127;
          for (int i = from; i < to; i++) {
            assertEquals(own[row + i], kept[row + i], MOST_STEPS * step, "step " + step);
            numbers++;
            choices += Math.abs(rounded[i] - kept[row + i]) > step / 2 ? 1 : 0;
          }
        }
      }
      return kept;
    }
  }

  @Override
  public String toString() {
    return numbers + " numbers rounded, " + choices + " of them otherwise";
  }
}
