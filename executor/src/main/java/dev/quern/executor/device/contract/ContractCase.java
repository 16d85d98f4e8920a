package dev.quern.executor.device.contract;

import dev.quern.executor.device.Device;

/**
 * One check of the contract.
 *
 * @param name operation, number formats and sizes
 */
public record ContractCase(String name, Check check) {
  /** Compares {@code subject} with {@code reference}; both were opened with the same options. */
  @FunctionalInterface
  public interface Check {
    void run(Device reference, Device subject, Inputs inputs);
  }

  /**
   * Runs the case.
   *
   * @param seed of its random inputs
   * @throws ContractViolation naming case and seed when the device is wrong
   */
  public void run(Device reference, Device subject, long seed) {
    try {
      check.run(reference, subject, new Inputs(seed));
    } catch (ContractViolation e) {
      throw new ContractViolation(name + " (seed " + seed + "): " + e.getMessage());
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
