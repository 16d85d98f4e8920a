package dev.quern.server;

import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import java.util.function.Consumer;

/** Opens engines. */
public interface Engines {
  /**
   * @param notices receives lines for people before anything is loaded: model, sizes, device
   * @throws dev.quern.executor.engine.EngineException when model or settings cannot work
   * @throws dev.quern.executor.device.DeviceException when the device cannot be opened
   */
  GenerateEngine open(EngineOptions options, Consumer<String> notices);
}
