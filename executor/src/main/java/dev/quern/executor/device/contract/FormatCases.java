package dev.quern.executor.device.contract;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.Tensor;
import dev.quern.executor.device.Weight;
import dev.quern.executor.device.WeightFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Every quantized format in every product: values, sums and bits. */
final class FormatCases {
  private static final int[] ROWS = {1, 2, 4, 8, 12, 13, 64, 97};

  private FormatCases() {}

  static List<ContractCase> cases() {
    List<ContractCase> cases = new ArrayList<>();
    for (WeightFormat format : RandomCodes.FORMATS) {
      String name = name(format);
      for (int inputs : new int[] {1, 13, 128, 207, 1100}) {
        cases.add(
            new ContractCase(
                "linear and linearAdd " + name + " inputs=" + inputs,
                (reference, subject, random) ->
                    linear(reference, subject, random, format, inputs)));
      }
      cases.add(
          new ContractCase(
              "normLinear and normGateUp " + name,
              (reference, subject, random) -> normed(reference, subject, random, format)));
      cases.add(
          new ContractCase(
              "embed " + name,
              (reference, subject, random) -> embed(reference, subject, random, format)));
    }
    return cases;
  }

  private static String name(WeightFormat format) {
    return format instanceof WeightFormat.Integers integers
        ? format.label() + " " + integers.scaleType()
        : format.label();
  }

  private static float[] sum(Device device, HostMatrix w, float[] x, float[] start, int rows) {
    try (Weight weight = device.pack(w);
        Guarded in = Guarded.input(device, x, rows, w.columns());
        Guarded scratch = Guarded.rows(device, rows, w.rows());
        Guarded out = Guarded.output(device, rows, w.rows())) {
      if (start == null) {
        device.linear(out.tensor(), in.tensor(), weight, rows);
        return out.values();
      }
      try (Guarded sum = Guarded.plain(device, start, rows, w.rows())) {
        device.linearAdd(sum.tensor(), scratch.tensor(), in.tensor(), weight, rows);
        return sum.values();
      }
    }
  }

  private static void linear(
      Device reference, Device subject, Inputs random, WeightFormat format, int inputs) {
    int outputs = 77;
    HostMatrix w = random.coded("w", format, outputs, inputs);
    int most = ROWS[ROWS.length - 1];
    float[] x = random.floats(most * inputs);
    float[] start = random.floats(most * outputs);
    float[] expected = sum(reference, w, x, null, most);
    float[] all = sum(subject, w, x, null, most);
    double bound = 2e-6 * Math.max(4, inputs);
    Compare.within("linear", expected, all, outputs, bound);
    float[] added = sum(subject, w, x, start, most);
    Compare.within("linearAdd", sum(reference, w, x, start, most), added, outputs, bound);
    for (int rows : ROWS) {
      float[] some = Arrays.copyOf(x, rows * inputs);
      Compare.same(
          rows + " rows against " + most,
          Arrays.copyOf(all, rows * outputs),
          sum(subject, w, some, null, rows),
          outputs);
      Compare.same(
          rows + " rows added against " + most,
          Arrays.copyOf(added, rows * outputs),
          sum(subject, w, some, start, rows),
          outputs);
    }
  }

  private record Fused(float[] first, float[] second, float[] gated) {}

  private static Fused fused(
      Device device, HostMatrix gain, HostMatrix a, HostMatrix b, HostMatrix up, float[] x, int n) {
    int hidden = gain.columns();
    try (Weight norm = device.pack(gain);
        Weight first = device.pack(a);
        Weight second = device.pack(b);
        Weight gate = device.pack(up);
        Guarded in = Guarded.plain(device, x, n, hidden);
        Guarded normed = Guarded.plain(device, x, n, hidden);
        Guarded one = Guarded.output(device, n, a.rows());
        Guarded two = Guarded.output(device, n, b.rows());
        Guarded scratch = Guarded.output(device, n, b.rows());
        Guarded gated = Guarded.output(device, n, b.rows())) {
      device.normLinear(
          new Tensor[] {one.tensor(), two.tensor()},
          normed.tensor(),
          in.tensor(),
          norm,
          1e-5f,
          new Weight[] {first, second},
          n);
      device.normGateUp(
          gated.tensor(),
          scratch.tensor(),
          normed.tensor(),
          in.tensor(),
          norm,
          1e-5f,
          gate,
          second,
          n);
      return new Fused(one.values(), two.values(), gated.values());
    }
  }

  private static void normed(Device reference, Device subject, Inputs random, WeightFormat format) {
    int hidden = 300;
    HostMatrix gain = random.matrix("gain", ElementType.F32, 1, hidden);
    HostMatrix a = random.coded("a", format, 45, hidden);
    HostMatrix b = random.coded("b", format, 70, hidden);
    HostMatrix up = random.coded("up", format, 70, hidden);
    int most = 29;
    float[] x = random.floats(most * hidden);
    Fused expected = fused(reference, gain, a, b, up, x, most);
    Fused all = fused(subject, gain, a, b, up, x, most);
    // A last-bit difference of the norm may round an activation the other way.
    double step = RandomCodes.quantizesActivations(format) ? 0.2 : 0;
    double bound = 4e-6 * hidden + step;
    Compare.within("normLinear, first", expected.first(), all.first(), 45, bound);
    Compare.within("normLinear, second", expected.second(), all.second(), 70, bound);
    Compare.within("normGateUp", expected.gated(), all.gated(), 70, bound * 100);
    for (int rows : new int[] {1, 7, 8, 9, 13}) {
      Fused some = fused(subject, gain, a, b, up, Arrays.copyOf(x, rows * hidden), rows);
      Compare.same("first", Arrays.copyOf(all.first(), rows * 45), some.first(), 45);
      Compare.same("second", Arrays.copyOf(all.second(), rows * 70), some.second(), 70);
      Compare.same("gated", Arrays.copyOf(all.gated(), rows * 70), some.gated(), 70);
    }
  }

  private static float[] rows(Device device, HostMatrix table, int[] ids) {
    try (Weight weight = device.pack(table);
        Tensor which = device.allocate(ElementType.INT32, ids.length, 1);
        Guarded out = Guarded.output(device, ids.length, table.columns())) {
      device.upload(which, ids, ids.length);
      device.embed(out.tensor(), weight, which, ids.length);
      return out.values();
    }
  }

  private static void embed(Device reference, Device subject, Inputs random, WeightFormat format) {
    HostMatrix table = random.coded("table", format, 77, 207);
    int[] ids = random.ints(40, 77);
    Compare.same("embed", rows(reference, table, ids), rows(subject, table, ids), 207);
  }
}
