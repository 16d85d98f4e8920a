package dev.quern.executor.device;

import java.io.Serial;

/** A device cannot be opened or has failed; the message holds the driver's own words. */
public final class DeviceException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public DeviceException(String message) {
    super(message);
  }

  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
