package dev.quern.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quern.executor.device.DeviceException;
import dev.quern.executor.device.DeviceOptions;
import dev.quern.executor.device.Devices;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaDeviceProviderTest {
  private static final boolean LINUX_X86 =
      System.getProperty("os.name").equals("Linux")
          && System.getProperty("os.arch").equals("amd64");

  @TempDir Path folder;

  @Test
  void badNameIsRefusedBeforeTheDriverIsAsked() {
    var e =
        assertThrows(
            DeviceException.class, () -> Devices.open("cuda:first", DeviceOptions.DEFAULT));
    assertEquals("--device cuda:first: a CUDA device is named cuda:0, cuda:1, ..", e.getMessage());
  }

  @Test
  void withoutDriverTheLoadersOwnWordsAreShown() throws Exception {
    assumeTrue(LINUX_X86);
    // A file that is no library stands for a machine without the driver, also on one that has it.
    Files.writeString(folder.resolve("libcuda.so.1"), "no library");
    List<String> lines = listDevices(Map.of("LD_LIBRARY_PATH", folder.toString()));
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(
        lines.getFirst().startsWith("the CUDA driver cannot be loaded: ")
            && lines.getFirst().contains("libcuda.so.1"),
        lines.getFirst());
  }

  @Test
  void devicesAreListedAndOpeningSaysThatKernelsAreMissing() throws Exception {
    compileFakeDriver();
    List<String> lines =
        listDevices(Map.of("LD_LIBRARY_PATH", folder.toString()), "cuda:1", "cuda", "cuda:2");
    assertEquals(
        List.of(
            "DeviceDescription[name=cuda:0, description=Fake A, compute capability 8.0, driver"
                + " 12.4, totalBytes=80000000000, freeBytes=79000000000]",
            "DeviceDescription[name=cuda:1, description=Fake B, compute capability 8.1, driver"
                + " 12.4, totalBytes=80000000001, freeBytes=79000000000]",
            "--device cuda:1: CUDA kernels are not built yet; found Fake B, compute capability 8.1,"
                + " driver 12.4, 79000000000 of 80000000001 bytes free; use --device cpu",
            "--device cuda: CUDA kernels are not built yet; found Fake A, compute capability 8.0,"
                + " driver 12.4, 79000000000 of 80000000000 bytes free; use --device cpu",
            "--device cuda:2: the driver has only [cuda:0, cuda:1]"),
        lines);
  }

  @Test
  void driverErrorIsShownWithNumberNameAndSentence() throws Exception {
    compileFakeDriver();
    String path = folder.toString();
    assertEquals(
        List.of(
            "cuInit failed with status 100 (CUDA_ERROR_NO_DEVICE, no CUDA-capable device is"
                + " detected): flags 0"),
        listDevices(Map.of("LD_LIBRARY_PATH", path, "FAKE_CUINIT", "100")));
    assertEquals(
        List.of("cuInit failed with status 999 (CUDA_ERROR_UNKNOWN): flags 0"),
        listDevices(Map.of("LD_LIBRARY_PATH", path, "FAKE_CUINIT", "999")));
  }

  @Test
  void halfWrittenLibraryOfAnotherProcessIsReplacedWhole() throws Exception {
    assumeTrue(LINUX_X86);
    Path file = new CudaLibrary(folder).unpack();
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, 1000));
    assertEquals(file, new CudaLibrary(folder).unpack());
    assertArrayEquals(whole, Files.readAllBytes(file));
    try (var left = Files.list(folder)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  private void compileFakeDriver() throws IOException, InterruptedException {
    assumeTrue(LINUX_X86);
    Path source = Path.of("src/test/c/fake_libcuda.c");
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(
                  "cc",
                  "-shared",
                  "-fPIC",
                  "-Wl,-soname,libcuda.so.1",
                  "-o",
                  folder.resolve("libcuda.so.1").toString(),
                  source.toString())
              .inheritIO()
              .start();
    } catch (IOException e) {
      assumeTrue(false, "no C compiler on this machine: " + e.getMessage());
      return;
    }
    assertEquals(0, compiler.waitFor());
  }

  private List<String> listDevices(Map<String, String> environment, String... names)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                ListDevices.class.getName()));
    command.addAll(List.of(names));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process child = builder.start();
    try (InputStream out = child.getInputStream()) {
      return new String(out.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } finally {
      assertEquals(0, child.waitFor());
    }
  }
}
