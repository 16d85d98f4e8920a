package dev.quern.executor.device.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.Devices;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.Tensor;
import dev.quern.executor.device.Weight;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.cpu.EmulatedAmx;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The kernels of amx-int8 over emulated matrix registers: the contract, and the bits of the vector
 * units for every format, width and number of rows that ends unevenly. The emulation aborts where
 * the processor would fault.
 */
final class EmulatedAmxTest {
  private static final DeviceOptions ONE_THREAD = new DeviceOptions(1, Activations.AUTO);
  private static final int OUTPUTS = 45;

  @BeforeEach
  void x86() {
    Assumptions.assumeFalse(EmulatedAmx.bases().isEmpty(), "no native kernels of avx2 here");
  }

  @TestFactory
  Stream<DynamicNode> keepsTheContract() {
    DeviceOptions options = new DeviceOptions(2, Activations.AUTO);
    EmulatedAmx amx = new EmulatedAmx();
    return EmulatedAmx.bases().stream()
        .map(base ->
            DynamicContainer.dynamicContainer(
                "amx-int8, emulated on " + base,
                DeviceContract.cases().stream()
                    .map(check ->
                        DynamicTest.dynamicTest(
                            check.name(),
                            () -> {
                              try (Device reference = Devices.open("reference", options);
                                  Device subject = amx.open(base, options)) {
                                check.run(reference, subject, DeviceContractTest.SEED);
                              }
                            }))));
  }

  private static List<WeightFormat> formats() {
    List<WeightFormat> formats = new ArrayList<>(List.of(new WeightFormat.Ccq()));
    for (int bits : new int[] {8, 4}) {
      for (int group : new int[] {WeightFormat.WHOLE_ROW, 16, 32, 64, 128}) {
        for (ElementType scales : List.of(ElementType.F16, ElementType.F32)) {
          for (boolean offsets : new boolean[] {false, true}) {
            formats.add(new WeightFormat.Integers(bits, group, scales, offsets));
          }
        }
      }
    }
    return formats;
  }

  @TestFactory
  Stream<DynamicTest> hasTheBitsOfTheVectorUnits() {
    EmulatedAmx amx = new EmulatedAmx();
    return EmulatedAmx.bases().stream()
        .flatMap(base ->
            formats().stream()
                .map(format ->
                    DynamicTest.dynamicTest(
                        base + " " + format, () -> hasTheBitsOfTheVectorUnits(amx, base, format))));
  }

  private static void hasTheBitsOfTheVectorUnits(
      EmulatedAmx amx, String base, WeightFormat format) {
    Inputs random = new Inputs(DeviceContractTest.SEED);
    try (Device vector = Devices.open("cpu:" + base, ONE_THREAD);
        Device subject = amx.open(base, ONE_THREAD)) {
      for (int inputs : new int[] {1, 13, 64, 65, 128, 145, 207, 330}) {
        HostMatrix w = random.coded("w", format, OUTPUTS, inputs);
        float[] x = random.floats(107 * inputs);
        for (int rows : new int[] {8, 9, 12, 15, 16, 17, 23, 33, 96, 97, 107}) {
          String what = inputs + " inputs, " + rows + " rows";
          Compare.same(what, linear(vector, w, x, rows), linear(subject, w, x, rows), OUTPUTS);
          assertFalse(amx.configured(), what + ": matrix registers were not released");
        }
      }
    }
  }

  private static float[] linear(Device device, HostMatrix w, float[] x, int rows) {
    try (Weight weight = device.pack(w);
        Guarded in = Guarded.plain(device, x, rows, w.columns());
        Guarded out = Guarded.output(device, rows, w.rows())) {
      device.linear(out.tensor(), in.tensor(), weight, rows);
      return out.values();
    }
  }

  /** Gate and up with tiles of different sizes: registers change their shapes inside a call. */
  @Test
  void gateUpOfTwoFormatsHasTheBitsOfTheVectorUnits() {
    EmulatedAmx amx = new EmulatedAmx();
    Inputs random = new Inputs(DeviceContractTest.SEED);
    HostMatrix gate =
        random.coded("gate", new WeightFormat.Integers(4, 16, ElementType.F32, true), OUTPUTS, 207);
    HostMatrix up =
        random.coded("up", new WeightFormat.Integers(8, 128, ElementType.F16, false), OUTPUTS, 207);
    float[] x = random.floats(107 * 207);
    for (String base : EmulatedAmx.bases()) {
      try (Device vector = Devices.open("cpu:" + base, ONE_THREAD);
          Device subject = amx.open(base, ONE_THREAD)) {
        for (int rows : new int[] {8, 9, 40, 107}) {
          Compare.same(
              base + ", " + rows + " rows",
              gateUp(vector, gate, up, x, rows),
              gateUp(subject, gate, up, x, rows),
              OUTPUTS);
          assertFalse(amx.configured(), "matrix registers were not released");
        }
      }
    }
  }

  private static float[] gateUp(Device device, HostMatrix g, HostMatrix u, float[] x, int rows) {
    try (Weight gate = device.pack(g);
        Weight up = device.pack(u);
        Guarded in = Guarded.plain(device, x, rows, g.columns());
        Tensor scratch = device.allocate(ElementType.F32, rows, g.rows());
        Guarded out = Guarded.output(device, rows, g.rows())) {
      device.gateUp(out.tensor(), scratch, in.tensor(), gate, up, rows);
      return out.values();
    }
  }

  /** 256 inputs are two groups of two register rows, 64 outputs two panels of two registers. */
  @Test
  void countsOfProductsAreThoseOfWholeRegisters() {
    EmulatedAmx amx = new EmulatedAmx();
    Inputs random = new Inputs(DeviceContractTest.SEED);
    HostMatrix w =
        random.coded("w", new WeightFormat.Integers(8, 128, ElementType.F16, false), 64, 256);
    float[] x = random.floats(200 * 256);
    int[] rows = {1, 8, 9, 16, 17, 96, 97, 105};
    int[] blocks = {0, 0, 1, 1, 2, 6, 6, 7};
    for (String base : EmulatedAmx.bases()) {
      try (Device subject = amx.open(base, ONE_THREAD)) {
        for (int i = 0; i < rows.length; i++) {
          long before = amx.dots();
          linear(subject, w, x, rows[i]);
          assertEquals(16L * blocks[i], amx.dots() - before, rows[i] + " rows");
        }
      }
    }
  }
}
