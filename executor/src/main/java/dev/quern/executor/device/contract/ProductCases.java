package dev.quern.executor.device.contract;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.Tensor;
import dev.quern.executor.device.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** linear, normLinear, gateUp, logits: values, and one reduction order for any number of rows. */
final class ProductCases {
  private static final List<ElementType> TYPES =
      List.of(ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.INT8);

  private ProductCases() {}

  /** A product [rows, inputs] x [inputs, outputs]. */
  private record Shape(int rows, int inputs, int outputs) {
    @Override
    public String toString() {
      return "rows=" + rows + " inputs=" + inputs + " outputs=" + outputs;
    }

    /** Standard normal operands: rounding grows with the inputs, as the sums do. */
    double bound() {
      return 1e-6 * Math.max(4, inputs);
    }
  }

  static List<ContractCase> cases() {
    List<ContractCase> cases = new ArrayList<>();
    for (ElementType type : TYPES) {
      for (Shape shape : shapes()) {
        cases.add(
            new ContractCase(
                "linear " + type + " " + shape,
                (reference, subject, inputs) -> linear(reference, subject, inputs, type, shape)));
      }
      for (int inputs : new int[] {13, 207, 576}) {
        cases.add(
            new ContractCase(
                "linear " + type + " inputs=" + inputs + ": one row has the bits of many",
                (_, subject, random) -> oneOrder(subject, random, type, inputs)));
      }
      for (Shape shape :
          List.of(new Shape(1, 64, 64), new Shape(13, 207, 207), new Shape(207, 13, 96))) {
        cases.add(
            new ContractCase(
                "gateUp " + type + " " + shape,
                (reference, subject, inputs) -> gateUp(reference, subject, inputs, type, shape)));
      }
      cases.add(
          new ContractCase(
              "normLinear and logits " + type,
              (reference, subject, inputs) -> normedLogits(reference, subject, inputs, type)));
      cases.add(
          new ContractCase(
              "linear " + type + " of a transposed slice",
              (reference, subject, inputs) -> strided(reference, subject, inputs, type)));
    }
    return cases;
  }

  private static List<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>();
    for (int size : DeviceContract.SIZES) {
      shapes.add(new Shape(1, size, size));
      shapes.add(new Shape(13, size, 64));
      shapes.add(new Shape(64, size, 13));
      shapes.add(new Shape(207, 64, size));
      shapes.add(new Shape(size, 13, 1));
    }
    return shapes;
  }

  private static float[] linear(Device device, StridedMatrix w, float[] x, int rows) {
    try (Weight weight = device.pack(w);
        Guarded in = Guarded.input(device, x, rows, w.columns());
        Guarded out = Guarded.output(device, rows, w.rows())) {
      device.linear(out.tensor(), in.tensor(), weight, rows);
      return out.values();
    }
  }

  private static void linear(
      Device reference, Device subject, Inputs inputs, ElementType type, Shape shape) {
    StridedMatrix w = inputs.matrix("w", type, shape.outputs(), shape.inputs());
    float[] x = inputs.floats(shape.rows() * shape.inputs());
    Compare.within(
        "linear",
        linear(reference, w, x, shape.rows()),
        linear(subject, w, x, shape.rows()),
        shape.outputs(),
        shape.bound());
  }

  private static void oneOrder(Device subject, Inputs random, ElementType type, int inputs) {
    int outputs = 77;
    int most = 107;
    StridedMatrix w = random.matrix("w", type, outputs, inputs);
    float[] x = random.floats(most * inputs);
    float[] all = linear(subject, w, x, most);
    for (int rows : new int[] {1, 2, 3, 5, 7, 8, 11, 12, 13, 31, 96, 97}) {
      float[] some = linear(subject, w, Arrays.copyOf(x, rows * inputs), rows);
      Compare.same(
          rows + " rows against " + most, Arrays.copyOf(all, rows * outputs), some, outputs);
    }
    for (int r = 0; r < most; r += 9) {
      float[] alone = linear(subject, w, Arrays.copyOfRange(x, r * inputs, (r + 1) * inputs), 1);
      float[] among = Arrays.copyOfRange(all, r * outputs, (r + 1) * outputs);
      Compare.same("row " + r + " alone", among, alone, outputs);
    }
  }

  private static float[] gateUp(
      Device device, StridedMatrix g, StridedMatrix u, float[] x, int rows) {
    try (Weight gate = device.pack(g);
        Weight up = device.pack(u);
        Guarded in = Guarded.input(device, x, rows, g.columns());
        Guarded scratch = Guarded.output(device, rows, g.rows());
        Guarded out = Guarded.output(device, rows, g.rows())) {
      device.gateUp(out.tensor(), scratch.tensor(), in.tensor(), gate, up, rows);
      return out.values();
    }
  }

  private static void gateUp(
      Device reference, Device subject, Inputs inputs, ElementType type, Shape shape) {
    StridedMatrix gate = inputs.matrix("gate", type, shape.outputs(), shape.inputs());
    StridedMatrix up = inputs.matrix("up", type, shape.outputs(), shape.inputs());
    float[] x = inputs.floats(shape.rows() * shape.inputs());
    float[] actual = gateUp(subject, gate, up, x, shape.rows());
    Compare.within(
        "gateUp",
        gateUp(reference, gate, up, x, shape.rows()),
        actual,
        shape.outputs(),
        shape.bound() * 4 * Math.sqrt(shape.inputs()));
    Compare.same(
        "gateUp of one row against many",
        Arrays.copyOf(actual, shape.outputs()),
        gateUp(subject, gate, up, Arrays.copyOf(x, shape.inputs()), 1),
        shape.outputs());
  }

  private static float[] normedLogits(
      Device device, StridedMatrix gain, StridedMatrix w, float[] x, int rows, int valid) {
    int hidden = w.columns();
    try (Weight g = device.pack(gain);
        Weight head = device.pack(w);
        Guarded in = Guarded.input(device, x, rows, hidden);
        Guarded scratch = Guarded.output(device, rows, hidden);
        Guarded out = Guarded.output(device, rows, w.rows())) {
      device.normLinear(
          new Tensor[] {out.tensor()},
          scratch.tensor(),
          in.tensor(),
          g,
          1e-5f,
          new Weight[] {head},
          rows);
      float[] composed = out.values();
      device.rmsNorm(scratch.tensor(), in.tensor(), g, 1e-5f, rows);
      device.logits(out.tensor(), scratch.tensor(), head, valid, rows);
      float[] logits = out.values();
      for (int r = 0; r < rows; r++) {
        for (int id = valid; id < w.rows(); id++) {
          composed[r * w.rows() + id] = Float.NEGATIVE_INFINITY;
        }
      }
      Compare.within("logits against normLinear", composed, logits, w.rows(), 1e-6 * hidden);
      return logits;
    }
  }

  private static void normedLogits(
      Device reference, Device subject, Inputs inputs, ElementType type) {
    int hidden = 207;
    int ids = 1001;
    StridedMatrix gain = inputs.matrix("gain", ElementType.F32, 1, hidden);
    StridedMatrix head = inputs.matrix("head", type, ids, hidden);
    float[] x = inputs.floats(3 * hidden);
    // A group's largest input decides its scale: a last-bit difference of the norm moves products
    // by less than the bound, but may round one activation the other way.
    double step = type == ElementType.INT8 ? 0.2 : 0;
    Compare.within(
        "logits",
        normedLogits(reference, gain, head, x, 3, 997),
        normedLogits(subject, gain, head, x, 3, 997),
        ids,
        4e-6 * hidden + step);
  }

  /** Transposed checkpoints and tensor-parallel shards reach pack as strided views. */
  private static void strided(Device reference, Device subject, Inputs inputs, ElementType type) {
    StridedMatrix stored = inputs.matrix("stored", type, 90, 45);
    StridedMatrix view =
        type == ElementType.INT8
            ? stored.sliceRows(7, 84).sliceColumns(3, 40)
            : new StridedMatrix(
                "view", 37, 77, type, stored.data(), 7 * 45 + 3, 1, 45, stored.scales());
    float[] x = inputs.floats(5 * view.columns());
    Compare.within(
        "linear",
        linear(reference, view, x, 5),
        linear(subject, view, x, 5),
        view.rows(),
        1e-6 * view.columns());
    try (Weight weight = subject.pack(view);
        Tensor ids = subject.allocate(ElementType.INT32, 1, 1)) {
      Compare.that(
          weight.rows() == view.rows() && ids.rows() == 1, "the packed weight lost its shape");
    }
  }
}
