package dev.quern.executor.model.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.Devices;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.Checkpoints;
import dev.quern.executor.model.decoder.GoldenModel.Case;
import dev.quern.executor.model.decoder.GoldenRun.Outcome;
import dev.quern.executor.model.decoder.GoldenRun.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Golden checkpoints: the published implementation's logits, experts and tokens, however cut up.
 */
final class GoldenDecoderTest {
  private static final float TOLERANCE = 2e-4f;

  static Stream<Arguments> modelsAndDevices() {
    return GoldenModel.NAMES.stream()
        .flatMap(model -> Stream.of("reference", "cpu").map(d -> Arguments.of(model, d)));
  }

  private static List<Setting> settings() {
    List<Setting> all = new ArrayList<>();
    for (boolean prefix : new boolean[] {true, false}) {
      for (int chunk : new int[] {1, 3, 16, 512}) {
        for (int block : new int[] {4, 16}) {
          for (boolean batched : new boolean[] {false, true}) {
            all.add(new Setting(prefix, chunk, block, batched));
          }
        }
      }
    }
    return all;
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("modelsAndDevices")
  void goldenLogitsExpertsAndTokensWhateverTheSetting(String name, String deviceName) {
    GoldenModel golden = GoldenModel.load(name);
    List<int[]> prompts = golden.cases().stream().map(Case::prompt).toList();
    List<Outcome> first = null;
    try (Checkpoint checkpoint = Checkpoints.open(golden.folder());
        Device device = Devices.open(deviceName, DeviceOptions.DEFAULT)) {
      for (Setting setting : settings()) {
        try (var run = new GoldenRun(device, Communicator.single(), checkpoint, setting)) {
          List<Outcome> once = runAll(run, setting, prompts);
          List<Outcome> again = runAll(run, setting, prompts);
          for (int k = 0; k < prompts.size(); k++) {
            matches(golden.cases().get(k), once.get(k), setting + " prompt " + k);
            String where = setting + " prompt " + k + " again";
            sameBits(once.get(k), again.get(k), where);
            int length = prompts.get(k).length;
            int cached = setting.prefixCaching() ? length - 1 : 0;
            assertEquals(cached, again.get(k).cachedTokens, where);
          }
          if (first == null) {
            first = once;
          }
          for (int k = 0; k < prompts.size(); k++) {
            sameBits(first.get(k), once.get(k), setting + " against the first setting");
          }
        }
      }
    }
  }

  private static List<Outcome> runAll(GoldenRun run, Setting setting, List<int[]> prompts) {
    if (setting.batched()) {
      return run.run(prompts, 24);
    }
    return prompts.stream().map(p -> run.run(List.of(p), 24).getFirst()).toList();
  }

  static void matches(Case expected, Outcome actual, String where) {
    int last = expected.prompt().length - 1;
    for (int position = 0; position <= last; position++) {
      if (actual.logits[position] == null && position < last) {
        continue; // shared with a prompt before it
      }
      assertArrayEquals(
          expected.logits()[position],
          actual.logits[position],
          TOLERANCE,
          where + " position " + position);
      for (Map.Entry<Integer, int[][]> layer : expected.experts().entrySet()) {
        assertArrayEquals(
            layer.getValue()[position],
            actual.experts.get(layer.getKey())[position],
            where + " experts of layer " + layer.getKey() + " position " + position);
      }
    }
    assertEquals(Arrays.stream(expected.greedy()).boxed().toList(), actual.generated, where);
  }

  private static void sameBits(Outcome a, Outcome b, String where) {
    boolean compared = false;
    for (int position = 0; position < a.logits.length; position++) {
      if (a.logits[position] != null && b.logits[position] != null) {
        assertArrayEquals(a.logits[position], b.logits[position], where + " " + position);
        compared = true;
      }
    }
    assertTrue(compared, where + ": no position to compare");
    assertEquals(a.generated, b.generated, where);
  }
}
