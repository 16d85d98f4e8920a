package dev.quern.executor.engine;

import java.io.Serial;

/**
 * The model, the device or the engine cannot be used; the message says what, where and the remedy.
 */
public final class EngineException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public EngineException(String message) {
    super(message);
  }

  public EngineException(String message, Throwable cause) {
    super(message, cause);
  }
}
