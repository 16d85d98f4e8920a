package dev.quern.executor.device.contract;

import java.io.Serial;

/** A device does not do what the contract says. */
public final class ContractViolation extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  ContractViolation(String message) {
    super(message);
  }
}
