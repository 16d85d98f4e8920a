package dev.quern.executor.engine;

import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.Devices;
import dev.quern.executor.model.decoder.Decoder;
import dev.quern.executor.model.decoder.KvSizes;
import java.util.Optional;

/** Opens what runs the steps. */
final class Runners {
  private Runners() {}

  /** One device, the whole model. */
  static ModelRunner open(
      EngineOptions options, LoadedModel model, KvSizes kv, int maxTokens, int maxLogitRows) {
    Device device =
        Devices.open(options.device(), new DeviceOptions(options.threads(), options.activations()));
    try {
      return new SingleRunner(
          device,
          new Decoder(
              device,
              Communicator.single(),
              model.checkpoint(),
              kv,
              maxTokens,
              maxLogitRows,
              model.validIds(),
              Optional.empty()));
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }
}
