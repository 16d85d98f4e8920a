package dev.quern.executor.device.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The compiled kernels out of the jar: copied once to the user's cache folder under their content's
 * hash, or to a temporary file where that folder cannot be written, and loaded from there.
 */
final class NativeLibrary {
  /** What became of the attempt to load. */
  sealed interface Outcome {
    record Loaded(SymbolLookup symbols, Path file) implements Outcome {}

    record Missing(String reason) implements Outcome {}
  }

  private NativeLibrary() {}

  static Outcome load() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String family = os.startsWith("mac") ? "macos" : os.startsWith("linux") ? "linux" : os;
    String arch =
        System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
    String resource =
        "/native/"
            + family
            + "-"
            + arch
            + "/libquern"
            + (family.equals("macos") ? ".dylib" : ".so");
    try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
      if (in == null) {
        return new Outcome.Missing(
            "this build has no native kernels for " + family + "-" + arch + " (no C compiler?)");
      }
      Path file = extract(in.readAllBytes());
      return new Outcome.Loaded(SymbolLookup.libraryLookup(file, Arena.global()), file);
    } catch (IOException | IllegalArgumentException | IllegalCallerException e) {
      return new Outcome.Missing(e.getMessage());
    }
  }

  private static Path extract(byte[] library) throws IOException {
    String name = "libquern-" + hash(library) + ".so";
    Path file = cacheFolder().resolve(name);
    if (Files.isRegularFile(file) && Files.size(file) == library.length) {
      return file;
    }
    try {
      Files.createDirectories(file.getParent());
      Path fresh = Files.createTempFile(file.getParent(), "libquern", ".part");
      Files.write(fresh, library);
      move(fresh, file);
      return file;
    } catch (IOException readOnlyHome) {
      Path temporary = Files.createTempFile("libquern", ".so");
      temporary.toFile().deleteOnExit();
      return Files.write(temporary, library);
    }
  }

  /** Renamed into place, so that a process beside this one never loads half a file. */
  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static Path cacheFolder() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path root =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return root.resolve("quern");
  }

  private static String hash(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
