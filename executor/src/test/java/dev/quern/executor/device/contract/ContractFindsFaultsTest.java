package dev.quern.executor.device.contract;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.Devices;
import org.junit.jupiter.api.Test;

/** The suite itself can fail: wrong values, touched guard words, bits that depend on the batch. */
final class ContractFindsFaultsTest {
  @Test
  void aDeviceThatRoundsActivationsFailsAgainstOneThatDoesNot() {
    try (Device exact = open(Activations.F32);
        Device rounding = open(Activations.AUTO)) {
      long failed =
          DeviceContract.cases().stream()
              .filter(c -> c.name().startsWith("linear INT8"))
              .filter(c -> fails(c, exact, rounding))
              .count();
      assertTrue(failed > 10, failed + " cases noticed quantized activations");
    }
  }

  private static Device open(Activations activations) {
    return Devices.open("reference", new DeviceOptions(1, activations));
  }

  private static boolean fails(ContractCase check, Device reference, Device subject) {
    try {
      check.run(reference, subject, 5);
      return false;
    } catch (ContractViolation e) {
      return e.getMessage().contains("seed 5");
    }
  }

  @Test
  void aTouchedGuardWordIsFound() {
    try (Device device = open(Activations.F32);
        Guarded guarded = Guarded.output(device, 2, 3)) {
      guarded.fill(new float[6]);
      guarded.values();
      float[] all = new float[4 * 6];
      device.upload(guarded.tensor(), all, 4); // element 3 is the first guard word of row 0
      var error = assertThrows(ContractViolation.class, guarded::values);
      assertTrue(error.getMessage().contains("[0, 3]"), error.getMessage());
    }
  }

  @Test
  void oneBitIsADifference() {
    float[] a = {1f};
    float[] b = {Math.nextUp(1f)};
    assertThrows(ContractViolation.class, () -> Compare.same("x", a, b, 1));
    assertThrows(
        ContractViolation.class, () -> Compare.within("x", a, new float[] {Float.NaN}, 1, 1e9));
  }
}
