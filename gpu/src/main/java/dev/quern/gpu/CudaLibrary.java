package dev.quern.gpu;

import dev.quern.executor.device.DeviceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import jcuda.JCudaVersion;
import jcuda.LibUtils;

/**
 * Loads JCuda's native library, and with it the driver that it is linked to.
 *
 * <p>JCuda unpacks the library into {@code java.io.tmpdir}, unless a file of that name stands there
 * already: a second process may then load what the first has half written. So the whole file is put
 * there first, by rename, and JCuda finds it complete at any time.
 */
final class CudaLibrary {
  private final Path folder;

  CudaLibrary(Path folder) {
    this.folder = folder;
  }

  /**
   * @throws DeviceException with the dynamic loader's own words, such as a missing libcuda.so.1
   */
  void load() {
    Path file = unpack();
    try {
      System.load(file.toAbsolutePath().toString());
    } catch (UnsatisfiedLinkError e) {
      throw new DeviceException("the CUDA driver cannot be loaded: " + loaderWords(e, file), e);
    }
  }

  /** Puts the library where JCuda looks for it; returns its path. */
  Path unpack() {
    String name =
        LibUtils.createLibraryFileName(
            LibUtils.createPlatformLibraryName("JCudaDriver-" + JCudaVersion.get()));
    Path file = folder.resolve(name);
    try (InputStream packed = LibUtils.class.getResourceAsStream("/lib/" + name)) {
      if (packed == null) {
        throw new DeviceException("JCuda has no " + name + ": CUDA runs on Linux x86_64 only");
      }
      byte[] library = packed.readAllBytes();
      if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), library)) {
        Path whole = Files.createTempFile(folder, name, ".tmp");
        try {
          Files.write(whole, library);
          Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
          Files.deleteIfExists(whole);
        }
      }
      return file;
    } catch (IOException e) {
      throw new DeviceException(
          "JCuda's library cannot be unpacked to " + file + " (" + e + "); set -Djava.io.tmpdir",
          e);
    }
  }

  /** The loader's message without the file that it was asked for: only what is missing counts. */
  private static String loaderWords(UnsatisfiedLinkError e, Path file) {
    String prefix = file.toAbsolutePath() + ": ";
    String words = String.valueOf(e.getMessage());
    return words.startsWith(prefix) ? words.substring(prefix.length()) : words;
  }
}
