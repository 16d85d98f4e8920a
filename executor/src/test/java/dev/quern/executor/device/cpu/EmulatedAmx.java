package dev.quern.executor.device.cpu;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceException;
import dev.quern.executor.device.DeviceOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;

/**
 * The kernels of amx-int8 on processors without AMX: its integer products and its quantization are
 * compiled for tests over a model of the matrix registers in C (src/test/native), everything else
 * is another instruction set's. No jar holds that library and no name opens it.
 */
public final class EmulatedAmx {
  private static final String LIBRARY = "/native-test/libquern-amx-emulated.so";
  private static final String SUFFIX = "_" + Isa.AMX_INT8.suffix();

  private final SymbolLookup kernels;
  private final SymbolLookup emulated;

  /** Those of avx2 and avx512-vnni that this machine runs; none where it has no native kernels. */
  public static List<String> bases() {
    List<String> available = KernelChoice.find().available();
    return List.of(Isa.AVX2, Isa.AVX512_VNNI).stream()
        .map(Isa::label)
        .filter(available::contains)
        .toList();
  }

  public EmulatedAmx() {
    kernels =
        switch (NativeLibrary.load()) {
          case NativeLibrary.Outcome.Loaded(SymbolLookup symbols, _) -> symbols;
          case NativeLibrary.Outcome.Missing(String why) -> throw new DeviceException(why);
        };
    emulated = SymbolLookup.libraryLookup(library(), Arena.global());
  }

  private static Path library() {
    URL found = EmulatedAmx.class.getResource(LIBRARY);
    if (found == null) {
      throw new DeviceException(LIBRARY + " was not built: see src/test/native/build.sh");
    }
    try {
      return Path.of(found.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A device whose vector code is that of {@code base}. */
  public Device open(String base, DeviceOptions options) {
    String suffix = base.replace('-', '_');
    SymbolLookup symbols =
        name -> {
          if (!name.endsWith(SUFFIX)) {
            return kernels.find(name);
          }
          String stem = name.substring(0, name.length() - SUFFIX.length());
          return emulated
              .find(stem + "_amx_on_" + suffix)
              .or(() -> kernels.find(stem + "_" + suffix));
        };
    return new CpuDevice(
        new NativeKernels(symbols, Isa.AMX_INT8), options.threads(), options, "emulated AMX");
  }

  /** Whether the calling thread's matrix registers have shapes. */
  public boolean configured() {
    return NativeCalls.bind(emulated, "quern_amx_configured", Configured.class).call() != 0;
  }

  /** Products of matrix registers that the calling thread has made. */
  public long dots() {
    return NativeCalls.bind(emulated, "quern_amx_dots", Dots.class).call();
  }

  public interface Configured {
    int call();
  }

  public interface Dots {
    long call();
  }
}
