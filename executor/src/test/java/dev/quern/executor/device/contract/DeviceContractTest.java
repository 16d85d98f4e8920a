package dev.quern.executor.device.contract;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.Devices;
import dev.quern.executor.device.cpu.KernelChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The contract suite: reference against every kernel variant of the CPU device. A variant that this
 * machine cannot run appears by name as skipped. {@code -Dquern.contract.seed=N} changes the
 * inputs.
 */
final class DeviceContractTest {
  static final long SEED = Long.getLong("quern.contract.seed", 20261123);

  private static final Pattern QUANTIZED = Pattern.compile("INT8|int8|int4|wint2");

  private final List<Device> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(Device::close);
  }

  @TestFactory
  Stream<DynamicNode> everyKernelVariant() {
    List<String> available = KernelChoice.find().available();
    return KernelChoice.all().stream()
        .map(name ->
            available.contains(name)
                ? variant(name)
                : DynamicTest.dynamicTest(
                    name + ": not run, this machine or build does not have it",
                    () -> Assumptions.abort("no " + name + " here; available: " + available)));
  }

  private DynamicNode variant(String name) {
    return DynamicContainer.dynamicContainer(
        "cpu:" + name, Stream.of(Activations.AUTO, Activations.F32).map(a -> activations(name, a)));
  }

  private DynamicNode activations(String name, Activations activations) {
    DeviceOptions options = new DeviceOptions(2, activations);
    Device reference = open("reference", options);
    Device subject = open("cpu:" + name, options);
    return DynamicContainer.dynamicContainer(
        "activations " + activations + ", seed " + SEED,
        DeviceContract.cases().stream()
            // Other weights take float32 activations either way.
            .filter(c -> activations == Activations.AUTO || QUANTIZED.matcher(c.name()).find())
            .map(check ->
                DynamicTest.dynamicTest(check.name(), () -> check.run(reference, subject, SEED))));
  }

  private Device open(String name, DeviceOptions options) {
    Device device = Devices.open(name, options);
    opened.add(device);
    return device;
  }
}
