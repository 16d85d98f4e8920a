package dev.quern.executor.engine;

import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.Devices;
import dev.quern.executor.device.LocalCommunicatorGroup;
import dev.quern.executor.model.decoder.Decoder;
import dev.quern.executor.model.decoder.KvSizes;
import dev.quern.executor.model.decoder.RoutingTrace;
import java.util.Optional;

/** Opens what runs the steps. */
final class Runners {
  private Runners() {}

  /**
   * One device with the whole model, or {@code tensor-parallel-size} ranks with their parts.
   *
   * @param trace sees the routing of the first rank
   */
  static ModelRunner open(
      EngineOptions options,
      LoadedModel model,
      KvSizes kv,
      int maxTokens,
      int maxLogitRows,
      Optional<? extends RoutingTrace> trace) {
    int size = options.tensorParallelSize();
    if (size == 1) {
      return rank(options, model, kv, maxTokens, maxLogitRows, Communicator.single(), trace);
    }
    try {
      Decoder.checkDivides(model.checkpoint().config(), size);
    } catch (IllegalArgumentException e) {
      throw new EngineException(e.getMessage(), e);
    }
    var group = new LocalCommunicatorGroup(size);
    return new TensorParallelRunner(
        group,
        size,
        rank ->
            rank(
                options,
                model,
                kv,
                maxTokens,
                maxLogitRows,
                group.rank(rank),
                rank == 0 ? trace : Optional.empty()));
  }

  private static ModelRunner rank(
      EngineOptions options,
      LoadedModel model,
      KvSizes kv,
      int maxTokens,
      int maxLogitRows,
      Communicator communicator,
      Optional<? extends RoutingTrace> trace) {
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
              trace.map(t -> t));
      return new SingleRunner(device, decoder);
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }
}
