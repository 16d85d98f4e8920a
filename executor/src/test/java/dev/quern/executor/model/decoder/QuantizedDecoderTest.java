package dev.quern.executor.model.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.CodedMatrix;
import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.Devices;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.Checkpoints;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.decoder.GoldenRun.Outcome;
import dev.quern.executor.model.decoder.GoldenRun.Setting;
import dev.quern.executor.model.plan.QuantizationScheme;
import dev.quern.executor.model.quantize.Quantization;
import dev.quern.executor.model.quantize.QuantizedCheckpoint;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every scheme on the golden checkpoints: the logits are those of the reference device on the same
 * dequantized weights in float32.
 */
final class QuantizedDecoderTest {
  private static final Quantization ALL_WINT2 =
      new Quantization(
          QuantizationScheme.NONE,
          Map.of(
              "experts", QuantizationScheme.WINT2,
              "dense", QuantizationScheme.WINT2,
              "attention", QuantizationScheme.WINT2,
              "head", QuantizationScheme.WINT8),
          OptionalInt.empty());

  private static final Setting SETTING = new Setting(true, 16, 16, true);

  static Stream<Arguments> modelsAndSchemes() {
    List<Quantization> all = new ArrayList<>();
    for (QuantizationScheme scheme : QuantizationScheme.values()) {
      all.add(new Quantization(scheme, Map.of(), OptionalInt.empty()));
    }
    all.add(ALL_WINT2);
    all.add(new Quantization(QuantizationScheme.WINT4, Map.of(), OptionalInt.of(0)));
    return GoldenModel.NAMES.stream()
        .flatMap(model ->
            all.stream()
                .filter(q -> q.scheme() != QuantizationScheme.WINT2 || model.contains("moe"))
                .map(q -> Arguments.of(model, q)));
  }

  /** The dequantized values of a checkpoint, in float32. */
  private record Dequantized(Checkpoint of) implements Checkpoint {
    @Override
    public ModelConfig config() {
      return of.config();
    }

    @Override
    public HostMatrix tensor(String name) {
      return floats(of.tensor(name));
    }

    @Override
    public Optional<HostMatrix> optionalTensor(String name) {
      return of.optionalTensor(name).map(Dequantized::floats);
    }

    @Override
    public String fingerprint() {
      return of.fingerprint();
    }

    @Override
    public void close() {
      of.close();
    }

    private static HostMatrix floats(HostMatrix matrix) {
      float[] values = new float[matrix.rows() * matrix.columns()];
      float[] row = new float[matrix.columns()];
      for (int r = 0; r < matrix.rows(); r++) {
        matrix.read(r, row);
        System.arraycopy(row, 0, values, r * row.length, row.length);
      }
      return new StridedMatrix(
          matrix.name(),
          matrix.rows(),
          matrix.columns(),
          ElementType.F32,
          MemorySegment.ofArray(values),
          0,
          matrix.columns(),
          1,
          Optional.empty());
    }
  }

  private static List<Outcome> run(String device, Checkpoint checkpoint, GoldenModel golden) {
    var options = new DeviceOptions(2, DeviceOptions.Activations.F32);
    try (Device opened = Devices.open(device, options);
        var run = new GoldenRun(opened, Communicator.single(), checkpoint, SETTING)) {
      return run.run(golden.cases().stream().map(GoldenModel.Case::prompt).toList(), 1);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("modelsAndSchemes")
  void logitsAreThoseOfTheDequantizedWeights(String name, Quantization quantization) {
    GoldenModel golden = GoldenModel.load(name);
    try (Checkpoint checkpoint =
        new QuantizedCheckpoint(Checkpoints.open(golden.folder()), quantization)) {
      HostMatrix q = checkpoint.tensor("model.layers.0.self_attn.q_proj.weight");
      assertEquals(!quantization.isNone(), q instanceof CodedMatrix);
      assertFalse(checkpoint.tensor("model.norm.weight") instanceof CodedMatrix);
      List<Outcome> expected = run("reference", new Dequantized(checkpoint), golden);
      for (String device : List.of("reference", "cpu")) {
        List<Outcome> found = run(device, checkpoint, golden);
        for (int k = 0; k < expected.size(); k++) {
          for (int position = 0; position < expected.get(k).logits.length; position++) {
            if (expected.get(k).logits[position] != null) {
              assertArrayEquals(
                  expected.get(k).logits[position],
                  found.get(k).logits[position],
                  1e-3f,
                  device + " prompt " + k + " position " + position);
            }
          }
        }
      }
      if (!quantization.isNone()) {
        assertTrue(differs(golden, expected), "the quantization left no trace");
      }
    }
  }

  private static boolean differs(GoldenModel golden, List<Outcome> found) {
    float[] exact = golden.cases().getFirst().logits()[0];
    float most = 0;
    for (int i = 0; i < exact.length; i++) {
      most = Math.max(most, Math.abs(exact[i] - found.getFirst().logits[0][i]));
    }
    return most > 1e-4f;
  }
}
