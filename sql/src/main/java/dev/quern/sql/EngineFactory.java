package dev.quern.sql;

import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;

/** Opens engines, when the first query needs one. */
public interface EngineFactory {
  /**
   * @throws EngineException when the model or the device cannot be used
   */
  GenerateEngine open(EngineOptions options);
}
