package dev.quern.executor.model.decoder;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.Devices;
import dev.quern.executor.device.LocalCommunicatorGroup;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.Checkpoints;
import dev.quern.executor.model.decoder.GoldenModel.Case;
import dev.quern.executor.model.decoder.GoldenRun.Outcome;
import dev.quern.executor.model.decoder.GoldenRun.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two ranks in one process, each with half of every layer, against the golden checkpoints. */
final class TensorParallelTest {
  @ParameterizedTest
  @ValueSource(strings = {"ernie-moe-shared", "ernie-dense"})
  void twoRanksGiveTheGoldenOutputs(String name) throws Exception {
    GoldenModel golden = GoldenModel.load(name);
    List<int[]> prompts = golden.cases().stream().map(Case::prompt).toList();
    var group = new LocalCommunicatorGroup(2);
    List<Future<List<Outcome>>> ranks = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(2);
        Checkpoint checkpoint = Checkpoints.open(golden.folder())) {
      for (int rank = 0; rank < 2; rank++) {
        var communicator = group.rank(rank);
        ranks.add(
            threads.submit(() -> {
              var setting = new Setting(true, 16, 16, true);
              try (Device device =
                      Devices.open("cpu", new DeviceOptions(1, DeviceOptions.Activations.F32));
                  var run = new GoldenRun(device, communicator, checkpoint, setting)) {
                return run.run(prompts, 24);
              } catch (RuntimeException e) {
                group.abort("a rank failed: " + e);
                throw e;
              }
            }));
      }
      for (int k = 0; k < prompts.size(); k++) {
        for (Future<List<Outcome>> rank : ranks) {
          GoldenDecoderTest.matches(golden.cases().get(k), rank.get().get(k), "prompt " + k);
        }
      }
    }
  }
}
