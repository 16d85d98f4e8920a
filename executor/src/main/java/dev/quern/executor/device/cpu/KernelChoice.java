package dev.quern.executor.device.cpu;

import dev.quern.executor.device.DeviceException;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;

/** The kernels that this build holds and this processor runs. */
public final class KernelChoice {
  /** Set to an instruction set's name to open those kernels under plain {@code cpu}. */
  public static final String PROPERTY = "quern.cpu.isa";

  static final String JAVA = "java";

  /** The Java kernels without the Vector API, as on a JVM that was started without it. */
  static final String JAVA_PLAIN = "java-plain";

  private final NativeLibrary.Outcome library;

  private KernelChoice(NativeLibrary.Outcome library) {
    this.library = library;
  }

  /** Loads the native library, or keeps the reason why it cannot be. */
  public static KernelChoice find() {
    return new KernelChoice(NativeLibrary.load());
  }

  /** Every name this product knows for this kind of processor, whether it runs here or not. */
  public static List<String> all() {
    List<String> names = new ArrayList<>();
    names.add(JAVA_PLAIN);
    names.add(JAVA);
    for (Isa isa : Isa.values()) {
      names.add(isa.label());
    }
    return names;
  }

  /** Names that {@code cpu:NAME} opens here, worst first. */
  public List<String> available() {
    List<String> names = new ArrayList<>();
    names.add(JAVA_PLAIN);
    names.add(JAVA);
    switch (library) {
      case NativeLibrary.Outcome.Loaded(SymbolLookup symbols, _) -> {
        var supports = NativeCalls.bind(symbols, "quern_supports", NativeCalls.Supports.class);
        for (Isa isa : Isa.values()) {
          if (supports.call(isa.code()) != 0) {
            names.add(isa.label());
          }
        }
      }
      case NativeLibrary.Outcome.Missing _ -> {}
    }
    return names;
  }

  String best() {
    String forced = System.getProperty(PROPERTY);
    return forced == null ? available().getLast() : forced;
  }

  /** Opens the kernels of this name or throws. */
  Kernels open(String name) {
    List<String> available = available();
    if (!available.contains(name)) {
      throw new DeviceException(
          "--device cpu: no kernels '" + name + "' here; available: " + available + reason());
    }
    if (name.equals(JAVA_PLAIN)) {
      return new JavaKernels(new PlainMath());
    }
    if (name.equals(JAVA)) {
      return new JavaKernels(PanelMath.best());
    }
    return switch (library) {
      case NativeLibrary.Outcome.Loaded(SymbolLookup symbols, _) ->
          new NativeKernels(symbols, isa(name));
      case NativeLibrary.Outcome.Missing(String why) -> throw new DeviceException(why);
    };
  }

  /** The loops that measure the machine for the kernels of this name. */
  PeakLoops peakLoops(String name) {
    return switch (library) {
      case NativeLibrary.Outcome.Loaded(SymbolLookup symbols, _) when !isJava(name) ->
          PeakLoops.Native.of(symbols, isa(name));
      case NativeLibrary.Outcome.Loaded _, NativeLibrary.Outcome.Missing _ -> new PeakLoops.Java();
    };
  }

  private static boolean isJava(String name) {
    return name.equals(JAVA) || name.equals(JAVA_PLAIN);
  }

  String describe(String isa, int threads) {
    return isa + " kernels, " + threads + (threads == 1 ? " thread" : " threads") + reason();
  }

  private String reason() {
    return switch (library) {
      case NativeLibrary.Outcome.Loaded _ -> "";
      case NativeLibrary.Outcome.Missing(String why) -> " (no native kernels: " + why + ")";
    };
  }

  private static Isa isa(String name) {
    for (Isa isa : Isa.values()) {
      if (isa.label().equals(name)) {
        return isa;
      }
    }
    throw new DeviceException("no instruction set '" + name + "'");
  }
}
