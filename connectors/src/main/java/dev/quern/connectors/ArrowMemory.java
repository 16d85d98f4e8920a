package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Off-heap memory for tables. */
public final class ArrowMemory {
  /** The flag without which Arrow cannot reach off-heap memory. */
  static final String NEEDED = "--add-opens=java.base/java.nio=ALL-UNNAMED";

  /** Flags that keep the JVM from warning, and later JVMs from refusing. */
  static final String ADVISED =
      "--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED";

  private ArrowMemory() {}

  /**
   * An allocator of at most so many bytes; close it after everything that uses it.
   *
   * @throws TableException if the JVM lacks a flag that Arrow needs, naming it
   */
  public static BufferAllocator open(long limit) {
    requireFlags();
    return new RootAllocator(limit);
  }

  /** Checks the JVM before Arrow does, whose own failure breaks its classes for good. */
  static void requireFlags() {
    if (!ByteBuffer.class.getModule().isOpen("java.nio", ArrowMemory.class.getModule())) {
      throw new TableException(
          "this JVM was started without "
              + NEEDED
              + ", which Arrow needs for off-heap memory; set the environment variable"
              + " JDK_JAVA_OPTIONS=\""
              + NEEDED
              + " "
              + ADVISED
              + "\" and start it again");
    }
  }
}
