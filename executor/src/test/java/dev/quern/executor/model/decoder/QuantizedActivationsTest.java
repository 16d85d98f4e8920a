package dev.quern.executor.model.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.Devices;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.Checkpoints;
import dev.quern.executor.model.decoder.GoldenRun.Outcome;
import dev.quern.executor.model.decoder.GoldenRun.Setting;
import dev.quern.executor.model.plan.QuantizationScheme;
import dev.quern.executor.model.quantize.Quantization;
import dev.quern.executor.model.quantize.QuantizedCheckpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scheme on the golden checkpoints with int8 activations. */
final class QuantizedActivationsTest {
  private static final Setting SETTING = new Setting(true, 16, 16, true);

  static Stream<Arguments> modelsAndSchemes() {
    return QuantizedDecoderTest.modelsAndSchemes();
  }

  private static Checkpoint open(GoldenModel golden, Quantization quantization) {
    return new QuantizedCheckpoint(Checkpoints.open(golden.folder()), quantization);
  }

  private static List<int[]> prompts(GoldenModel golden) {
    return golden.cases().stream().map(GoldenModel.Case::prompt).toList();
  }

  private static List<Outcome> run(
      String device,
      Activations activations,
      UnaryOperator<Device> as,
      Checkpoint checkpoint,
      GoldenModel golden) {
    try (Device opened = as.apply(Devices.open(device, new DeviceOptions(2, activations)));
        var run = new GoldenRun(opened, Communicator.single(), checkpoint, SETTING)) {
      return run.run(prompts(golden), 1);
    }
  }

  /**
   * The reference multiplies the same dequantized weights and activations in float32. Where a
   * number stands between two integers the order of a sum decides, so the reference takes the
   * choice of the CPU device. Left to itself it may choose otherwise and is then off by what a step
   * of one activation in 127 makes of the logits; two runs whose roundings had nothing in common
   * would be apart by the square root of 2 times what quantizing the activations costs.
   */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("modelsAndSchemes")
  void logitsAreThoseOfTheDequantizedWeightsAndActivations(String name, Quantization quantization) {
    GoldenModel golden = GoldenModel.load(name);
    try (Checkpoint checkpoint = open(golden, quantization)) {
      var roundings = new Roundings();
      List<Outcome> found = run("cpu", Activations.INT8, roundings::recording, checkpoint, golden);
      List<Outcome> expected =
          run("reference", Activations.F32, roundings::following, checkpoint, golden);
      assertTrue(roundings.allTaken());
      assertEquals(integers(quantization), roundings.numbers() > 0);
      Difference difference = Difference.of(expected, found);
      assertTrue(difference.most() <= 1e-4f, difference::toString);
      assertTrue(roundings.choices() <= roundings.numbers() / 2000, roundings::toString);

      List<Outcome> own = run("reference", Activations.INT8, d -> d, checkpoint, golden);
      Difference apart = Difference.of(own, found);
      List<Outcome> exact = run("reference", Activations.F32, d -> d, checkpoint, golden);
      Difference cost = Difference.of(own, exact);
      assertTrue(
          apart.most() <= 1e-3f || apart.rms() <= 1.5 * cost.rms(),
          () -> apart + ", int8 against f32 " + cost);
    }
  }

  private static boolean integers(Quantization quantization) {
    boolean asStored = quantization.isNone();
    return !asStored && quantization.scheme() != QuantizationScheme.BLOCK_WISE_FP8;
  }

  /** Of all logits of two runs. */
  private record Difference(float most, double rms) {
    static Difference of(List<Outcome> a, List<Outcome> b) {
      float most = 0;
      double squares = 0;
      long count = 0;
      for (int k = 0; k < a.size(); k++) {
        for (int position = 0; position < a.get(k).logits.length; position++) {
          float[] left = a.get(k).logits[position];
          float[] right = b.get(k).logits[position];
          assertEquals(left == null, right == null);
          for (int i = 0; left != null && i < left.length; i++) {
            float difference = Math.abs(left[i] - right[i]);
            most = Math.max(most, difference);
            squares += (double) difference * difference;
            count++;
          }
        }
      }
      assertTrue(count > 0);
      return new Difference(most, Math.sqrt(squares / count));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("modelsAndSchemes")
  void bitsAreTheSameAloneAndInABatchInAnyChunks(String name, Quantization quantization) {
    GoldenModel golden = GoldenModel.load(name);
    List<int[]> prompts = prompts(golden);
    try (Checkpoint checkpoint = open(golden, quantization);
        Device device = Devices.open("cpu", new DeviceOptions(2, Activations.INT8))) {
      List<Outcome> first = null;
      for (int chunk : new int[] {1, 3, 512}) {
        for (boolean batched : new boolean[] {false, true}) {
          var setting = new Setting(false, chunk, 16, batched);
          List<Outcome> outcomes = new ArrayList<>();
          try (var run = new GoldenRun(device, Communicator.single(), checkpoint, setting)) {
            if (batched) {
              outcomes.addAll(run.run(prompts, 4));
            } else {
              prompts.forEach(prompt -> outcomes.addAll(run.run(List.of(prompt), 4)));
            }
          }
          first = first == null ? outcomes : first;
          for (int k = 0; k < prompts.size(); k++) {
            String where = setting + " prompt " + k;
            assertEquals(first.get(k).generated, outcomes.get(k).generated, where);
            for (int position = 0; position < prompts.get(k).length; position++) {
              assertArrayEquals(
                  first.get(k).logits[position],
                  outcomes.get(k).logits[position],
                  where + " position " + position);
            }
          }
        }
      }
    }
  }
}
