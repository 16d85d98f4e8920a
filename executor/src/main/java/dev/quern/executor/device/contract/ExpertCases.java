package dev.quern.executor.device.contract;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.ExpertSource;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.Routing;
import dev.quern.executor.device.Weight;
import dev.quern.executor.device.WeightFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Router and grouped experts. */
final class ExpertCases {
  private static final WeightFormat F32 = new WeightFormat.Floats(ElementType.F32);
  private static final List<WeightFormat> FORMATS =
      List.of(
          F32,
          new WeightFormat.Floats(ElementType.BF16),
          new WeightFormat.Integers(8, WeightFormat.WHOLE_ROW, ElementType.F32, false),
          new WeightFormat.Integers(4, 128, ElementType.F16, false),
          new WeightFormat.Integers(4, 32, ElementType.F32, true),
          new WeightFormat.Fp8Blocks(),
          new WeightFormat.Ccq());

  private ExpertCases() {}

  /** One mixture-of-experts layer's sizes. */
  private record Sizes(int rows, int hidden, int width, int experts, int topK) {
    @Override
    public String toString() {
      return "rows="
          + rows
          + " hidden="
          + hidden
          + " width="
          + width
          + " top "
          + topK
          + " of "
          + experts;
    }
  }

  /** Its weights on the host. */
  private record Mixture(
      HostMatrix router,
      HostMatrix bias,
      List<HostMatrix> gate,
      List<HostMatrix> up,
      List<HostMatrix> down) {
    static Mixture random(Inputs inputs, WeightFormat type, Sizes sizes) {
      List<HostMatrix> gate = new ArrayList<>();
      List<HostMatrix> up = new ArrayList<>();
      List<HostMatrix> down = new ArrayList<>();
      for (int e = 0; e < sizes.experts(); e++) {
        gate.add(inputs.weight("gate" + e, type, sizes.width(), sizes.hidden()));
        up.add(inputs.weight("up" + e, type, sizes.width(), sizes.hidden()));
        down.add(inputs.weight("down" + e, type, sizes.hidden(), sizes.width()));
      }
      return new Mixture(
          inputs.matrix("router", ElementType.F32, sizes.experts(), sizes.hidden()),
          inputs.matrix("bias", ElementType.F32, 1, sizes.experts()),
          gate,
          up,
          down);
    }
  }

  /** Experts packed on a device. */
  private record Packed(List<Expert> all) implements ExpertSource {
    static Packed of(Device device, Mixture mixture) {
      List<Expert> all = new ArrayList<>();
      for (int e = 0; e < mixture.gate().size(); e++) {
        all.add(
            new Expert(
                device.pack(mixture.gate().get(e)),
                device.pack(mixture.up().get(e)),
                device.pack(mixture.down().get(e))));
      }
      return new Packed(all);
    }

    @Override
    public int count() {
      return all.size();
    }

    @Override
    public Expert expert(int id) {
      return all.get(id);
    }

    @Override
    public void close() {
      for (Expert expert : all) {
        expert.gate().close();
        expert.up().close();
        expert.down().close();
      }
    }
  }

  private record Result(int[] chosen, float[] out) {}

  static List<ContractCase> cases() {
    List<ContractCase> cases = new ArrayList<>();
    List<Sizes> all =
        List.of(
            new Sizes(1, 64, 13, 8, 6),
            new Sizes(13, 207, 64, 5, 1),
            new Sizes(64, 13, 207, 3, 3),
            new Sizes(207, 64, 32, 64, 8),
            new Sizes(300, 48, 96, 2, 1),
            new Sizes(700, 100, 13, 9, 8));
    for (WeightFormat type : FORMATS) {
      for (Sizes sizes : all) {
        cases.add(
            new ContractCase(
                "route and experts " + type.label() + " " + sizes,
                (reference, subject, inputs) -> experts(reference, subject, inputs, type, sizes)));
      }
      cases.add(
          new ContractCase(
              "experts " + type.label() + ": a token alone has the bits it has in a batch",
              (_, subject, inputs) -> alone(subject, inputs, type)));
    }
    cases.add(new ContractCase("router ties go to the lower id", ExpertCases::ties));
    return cases;
  }

  private static Result run(
      Device device, Mixture m, Sizes sizes, boolean biased, float[] x, int rows) {
    try (Weight router = device.pack(m.router());
        Weight bias = device.pack(m.bias());
        Packed packed = Packed.of(device, m);
        Routing routing = device.allocateRouting(rows + 3, sizes.topK());
        Guarded in = Guarded.plain(device, x, rows, sizes.hidden());
        Guarded out = Guarded.rows(device, rows, sizes.hidden())) {
      device.route(routing, in.tensor(), router, biased ? bias : null, 1e-12f, rows);
      device.experts(out.tensor(), in.tensor(), routing, packed, rows);
      int[] chosen = Arrays.stream(routing.download(rows)).flatMapToInt(Arrays::stream).toArray();
      return new Result(chosen, out.values());
    }
  }

  private static void experts(
      Device reference, Device subject, Inputs inputs, WeightFormat type, Sizes sizes) {
    Mixture mixture = Mixture.random(inputs, type, sizes);
    float[] x = inputs.floats(sizes.rows() * sizes.hidden());
    for (boolean biased : new boolean[] {false, true}) {
      Result expected = run(reference, mixture, sizes, biased, x, sizes.rows());
      Result actual = run(subject, mixture, sizes, biased, x, sizes.rows());
      Compare.same("chosen experts", expected.chosen(), actual.chosen());
      float magnitude = 1;
      for (float value : expected.out()) {
        magnitude = Math.max(magnitude, Math.abs(value));
      }
      // Inner activations that round the other way move a sum by one step of their scale.
      double bound = magnitude * (RandomCodes.quantizesActivations(type) ? 1e-2 : 1e-5);
      Compare.within("experts", expected.out(), actual.out(), sizes.hidden(), bound);
    }
  }

  private static void alone(Device subject, Inputs inputs, WeightFormat type) {
    Sizes sizes = new Sizes(120, 96, 40, 6, 3);
    Mixture mixture = Mixture.random(inputs, type, sizes);
    float[] x = inputs.floats(sizes.rows() * sizes.hidden());
    Result all = run(subject, mixture, sizes, true, x, sizes.rows());
    for (int r = 0; r < sizes.rows(); r += 17) {
      int from = r * sizes.hidden();
      int to = from + sizes.hidden();
      Result one = run(subject, mixture, sizes, true, Arrays.copyOfRange(x, from, to), 1);
      Compare.same(
          "token " + r, Arrays.copyOfRange(all.out(), from, to), one.out(), sizes.hidden());
    }
  }

  private static void ties(Device reference, Device subject, Inputs inputs) {
    float[] x = new float[4 * 8]; // zeros: every expert has the same probability
    Sizes sizes = new Sizes(4, 8, 8, 7, 3);
    Mixture mixture = Mixture.random(inputs, F32, sizes);
    Result result = run(subject, mixture, sizes, false, x, 4);
    Compare.same("chosen", new int[] {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}, result.chosen());
  }
}
