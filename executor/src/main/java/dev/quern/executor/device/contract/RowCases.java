package dev.quern.executor.device.contract;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.Tensor;
import dev.quern.executor.device.Weight;
import java.util.ArrayList;
import java.util.List;

/** Embedding, norm, sums, gathers, memory. */
final class RowCases {
  private static final List<ElementType> WEIGHTS =
      List.of(ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.INT8);

  private RowCases() {}

  static List<ContractCase> cases() {
    List<ContractCase> cases = new ArrayList<>();
    cases.add(new ContractCase("memory is counted and given back", RowCases::memory));
    cases.add(new ContractCase("a misshaped operand is named", RowCases::misshaped));
    for (int size : DeviceContract.SIZES) {
      for (ElementType type : WEIGHTS) {
        cases.add(
            new ContractCase(
                "embed " + type + " columns=" + size,
                (reference, subject, inputs) -> embed(reference, subject, inputs, type, size)));
      }
      cases.add(
          new ContractCase(
              "rmsNorm columns=" + size,
              (reference, subject, inputs) -> rmsNorm(reference, subject, inputs, size)));
      cases.add(
          new ContractCase(
              "add and gather columns=" + size,
              (_, subject, inputs) -> addAndGather(subject, inputs, size)));
    }
    return cases;
  }

  private static void embed(
      Device reference, Device subject, Inputs inputs, ElementType type, int columns) {
    int ids = columns > 1000 ? 45 : 207;
    HostMatrix table = inputs.matrix("table", type, ids, columns);
    int[] wanted = inputs.ints(70, ids);
    wanted[0] = ids - 1;
    wanted[1] = 0;
    Compare.same("embed", embed(reference, table, wanted), embed(subject, table, wanted), columns);
  }

  private static float[] embed(Device device, HostMatrix table, int[] ids) {
    try (Weight weight = device.pack(table);
        Tensor index = device.allocate(ElementType.INT32, ids.length, 1);
        Guarded out = Guarded.output(device, ids.length, table.columns())) {
      device.upload(index, ids, ids.length);
      device.embed(out.tensor(), weight, index, ids.length);
      return out.values();
    }
  }

  private static void rmsNorm(Device reference, Device subject, Inputs inputs, int columns) {
    int rows = 67;
    HostMatrix gain = inputs.matrix("gain", ElementType.F32, 1, columns);
    float[] x = inputs.floats(rows * columns);
    float[] expected = rmsNorm(reference, gain, x, rows);
    float[] actual = rmsNorm(subject, gain, x, rows);
    Compare.within("rmsNorm", expected, actual, columns, 5e-5);
    float[] last = java.util.Arrays.copyOfRange(x, (rows - 1) * columns, rows * columns);
    Compare.same(
        "rmsNorm of one row against many",
        java.util.Arrays.copyOfRange(actual, (rows - 1) * columns, rows * columns),
        rmsNorm(subject, gain, last, 1),
        columns);
  }

  private static float[] rmsNorm(Device device, HostMatrix gain, float[] x, int rows) {
    int columns = gain.columns();
    try (Weight weight = device.pack(gain);
        Guarded in = Guarded.input(device, x, rows, columns);
        Guarded out = Guarded.output(device, rows, columns)) {
      device.rmsNorm(out.tensor(), in.tensor(), weight, 1e-5f, rows);
      return out.values();
    }
  }

  private static void addAndGather(Device subject, Inputs inputs, int columns) {
    int rows = 70;
    float[] a = inputs.floats(rows * columns);
    float[] b = inputs.floats(rows * columns);
    float[] expected = new float[rows * columns];
    int[] source = inputs.ints(rows, rows);
    float[] gathered = new float[rows * columns];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = a[i] + b[i];
    }
    for (int r = 0; r < rows; r++) {
      System.arraycopy(expected, source[r] * columns, gathered, r * columns, columns);
    }
    try (Guarded x = Guarded.plain(subject, a, rows, columns);
        Guarded y = Guarded.plain(subject, b, rows, columns);
        Tensor index = subject.allocate(ElementType.INT32, rows, 1);
        Guarded out = Guarded.rows(subject, rows, columns)) {
      subject.add(x.tensor(), y.tensor(), rows);
      Compare.same("add", expected, x.values(), columns);
      subject.upload(index, source, rows);
      subject.gather(out.tensor(), x.tensor(), index, rows);
      Compare.same("gather", gathered, out.values(), columns);
    }
  }

  private static void memory(Device reference, Device subject, Inputs inputs) {
    long before = subject.memoryBytes();
    HostMatrix matrix = inputs.matrix("w", ElementType.F32, 64, 64);
    Weight weight = subject.pack(matrix);
    Tensor tensor = subject.allocate(ElementType.F32, 10, 10);
    long taken = subject.memoryBytes() - before;
    Compare.that(
        weight.bytes() >= 64 * 64 * 4 && taken >= weight.bytes() + 400,
        "a weight of 16384 bytes and a tensor of 400 count as " + taken);
    weight.close();
    tensor.close();
    Compare.that(
        subject.memoryBytes() == before,
        "closing leaves " + (subject.memoryBytes() - before) + " bytes");
  }

  private static void misshaped(Device reference, Device subject, Inputs inputs) {
    try (Weight weight = subject.pack(inputs.matrix("w.proj", ElementType.F32, 3, 5));
        Tensor x = subject.allocate(ElementType.F32, 2, 4);
        Tensor out = subject.allocate(ElementType.F32, 2, 3)) {
      subject.linear(out, x, weight, 2);
    } catch (IllegalArgumentException expected) {
      Compare.that(
          expected.getMessage().contains("linear x"),
          "the message does not name the operand: " + expected.getMessage());
      return;
    }
    throw new ContractViolation("x of 4 columns was taken for a weight of 5 inputs");
  }
}
