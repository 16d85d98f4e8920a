package dev.quern.executor.engine;

import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.Devices;
import dev.quern.executor.device.LocalCommunicatorGroup;
import dev.quern.executor.model.decoder.Decoder;
import dev.quern.executor.model.decoder.KvSizes;
import java.util.Optional;

/** Opens what runs the steps. */
final class Runners {
  private Runners() {}

  /** One device with the whole model, or {@code tensor-parallel-size} ranks with their parts. */
  static ModelRunner open(
      EngineOptions options, LoadedModel model, KvSizes kv, int maxTokens, int maxLogitRows) {
    int size = options.tensorParallelSize();
    if (size == 1) {
      return rank(options, model, kv, maxTokens, maxLogitRows, Communicator.single());
    }
    try {
      Decoder.checkDivides(model.checkpoint().config(), size);
    } catch (IllegalArgumentException e) {
      throw new EngineException(e.getMessage(), e);
    }
    var group = new LocalCommunicatorGroup(size);
    return new TensorParallelRunner(
        group, size, rank -> rank(options, model, kv, maxTokens, maxLogitRows, group.rank(rank)));
  }

  private static ModelRunner rank(
      EngineOptions options,
      LoadedModel model,
      KvSizes kv,
      int maxTokens,
      int maxLogitRows,
      Communicator communicator) {
    // Ranks on one machine share its cores.
    int threads =
        options.threads() == 0 && communicator.size() > 1
            ? Math.max(1, Runtime.getRuntime().availableProcessors() / communicator.size())
            : options.threads();
    Device device =
        Devices.open(options.device(), new DeviceOptions(threads, options.activations()));
    try {
      var decoder =
          new Decoder(
              device,
              communicator,
              model.checkpoint(),
              kv,
              maxTokens,
              maxLogitRows,
              model.validIds(),
              Optional.empty());
      return new SingleRunner(device, decoder);
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }
}
