package dev.quern.executor.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceException;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.Devices;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.StridedMatrix;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class CpuDeviceTest {
  private static StridedMatrix matrix(int rows, int columns) {
    Random random = new Random(9);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    // On the heap: tests and converters hold matrices there.
    MemorySegment data = MemorySegment.ofArray(values);
    return new StridedMatrix(
        "w", rows, columns, ElementType.F32, data, 0, columns, 1, Optional.empty());
  }

  private static float[] product(Device device, int rows) {
    StridedMatrix w = matrix(333, 257);
    float[] x = new float[rows * w.columns()];
    Random random = new Random(10);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] result = new float[rows * w.rows()];
    try (var weight = device.pack(w);
        var in = device.allocate(ElementType.F32, rows, w.columns());
        var out = device.allocate(ElementType.F32, rows, w.rows())) {
      device.upload(in, x, x.length);
      device.linear(out, in, weight, rows);
      device.download(out, result, result.length);
    }
    return result;
  }

  @Test
  void theBitsDoNotDependOnTheNumberOfThreads() {
    for (int rows : new int[] {1, 31, 400}) {
      float[] one;
      try (Device device = Devices.open("cpu", new DeviceOptions(1, Activations.AUTO))) {
        one = product(device, rows);
      }
      for (int threads : new int[] {2, 3, 7}) {
        try (Device device = Devices.open("cpu", new DeviceOptions(threads, Activations.AUTO))) {
          assertArrayEquals(one, product(device, rows), threads + " threads, " + rows + " rows");
        }
      }
    }
  }

  @Test
  void packedWeightsTakeNoMoreThanTheirNumbersAndPadding() {
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT)) {
      long before = device.memoryBytes();
      try (var weight = device.pack(matrix(640, 100))) {
        assertEquals(640 * 100 * 4, weight.bytes());
        assertEquals(before + weight.bytes(), device.memoryBytes());
      }
      try (var gain = device.pack(matrix(1, 1000))) {
        assertTrue(gain.bytes() <= 8000, "a norm gain of 4000 bytes took " + gain.bytes());
      }
      assertEquals(before, device.memoryBytes());
    }
  }

  @Test
  void kernelsThatAreNotHereAreAnErrorThatListsThoseThatAre() {
    var error =
        assertThrows(
            DeviceException.class, () -> Devices.open("cpu:avx1024", DeviceOptions.DEFAULT));
    assertTrue(error.getMessage().contains("avx1024"), error.getMessage());
    assertTrue(error.getMessage().contains("java"), error.getMessage());
  }

  @Test
  void theDescriptionNamesInstructionSetAndThreads() {
    try (Device device = Devices.open("cpu:java", new DeviceOptions(3, Activations.AUTO))) {
      assertTrue(device.description().contains("java"), device.description());
      assertTrue(device.description().contains("3 threads"), device.description());
    }
    assertFalse(new CpuDeviceProvider().list().isEmpty());
  }

  @Test
  void aClosedTensorIsAnErrorAndNotACrash() {
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT);
        var weight = device.pack(matrix(8, 8));
        var out = device.allocate(ElementType.F32, 1, 8)) {
      var in = device.allocate(ElementType.F32, 1, 8);
      in.close();
      assertThrows(IllegalStateException.class, () -> device.linear(out, in, weight, 1));
    }
  }

  @Test
  void anErrorInOneTaskReachesTheCallerAndThePoolGoesOn() {
    try (WorkerPool pool = new WorkerPool(3)) {
      for (int round = 0; round < 50; round++) {
        var error =
            assertThrows(
                IllegalStateException.class,
                () ->
                    pool.run(
                        20,
                        (i, _) -> {
                          if (i == 7) {
                            throw new IllegalStateException("task 7");
                          }
                        }));
        assertEquals("task 7", error.getMessage());
        runsEveryTaskOnce(pool);
      }
    }
  }

  @Test
  void anErrorOfTheJvmInAnyTaskReachesTheCallerWhenAllTasksAreDone() {
    try (WorkerPool pool = new WorkerPool(3)) {
      for (int round = 0; round < 50; round++) {
        var ended = new AtomicInteger();
        var error =
            assertThrows(
                InternalError.class,
                () ->
                    pool.run(
                        20,
                        (_, worker) -> {
                          ended.incrementAndGet();
                          throw new InternalError("fault in worker " + worker);
                        }));
        assertTrue(error.getMessage().startsWith("fault"), error.getMessage());
        assertEquals(20, ended.get());
        runsEveryTaskOnce(pool);
      }
    }
  }

  private static void runsEveryTaskOnce(WorkerPool pool) {
    int[] done = new int[100];
    pool.run(100, (i, _) -> done[i]++);
    for (int count : done) {
      assertEquals(1, count);
    }
  }
}
