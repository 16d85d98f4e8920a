package dev.quern.executor.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.EngineException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every damage of a file is told with file, tensor, expected and found. */
final class SafetensorsFileTest {
  @TempDir Path folder;

  @Test
  void readsWhatWasWritten() {
    write("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", floats(1.5f, -2f));
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile file = SafetensorsFile.open(path(), arena);
      assertArrayEquals(new float[] {1.5f, -2f}, file.floats("x"));
      assertArrayEquals(new long[] {2}, file.shape("x"));
      assertRefused(() -> file.longs("x"), "tensor x: expected I64 but found F32 [2]");
      assertRefused(() -> file.bytes("x"), "tensor x: expected one byte a value");
      assertRefused(() -> file.floats("y"), "no tensor y; it holds [x]");
    }
  }

  @Test
  void headersMayEndInSpacesAndHoldMetadata() {
    write("{\"__metadata__\":{\"format\":\"pt\"},\"x\":" + entry("F32", "[]", 0, 4) + "}   ", 4);
    try (Arena arena = Arena.ofConfined()) {
      assertArrayEquals(new float[] {0f}, SafetensorsFile.open(path(), arena).floats("x"));
    }
  }

  @Test
  void filesBeyondTwoGigabytesAreMappedWhole() throws IOException {
    long bytes = 3L << 30;
    write("{\"x\":" + entry("U8", "[" + bytes + "]", 0, bytes) + "}", 0);
    try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
      // The file is sparse: only its last byte takes a block.
      channel.write(ByteBuffer.wrap(new byte[] {42}), channel.size() + bytes - 1);
    }
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile file = SafetensorsFile.open(path(), arena);
      MemorySegment data = file.bytes(file.entries().get("x"));
      assertEquals(bytes, data.byteSize());
      assertEquals(42, data.get(ValueLayout.JAVA_BYTE, bytes - 1));
    }
  }

  @Test
  void emptyFile() {
    TestCheckpoint.writeBytes(path(), new byte[0]);
    assertOpenFails("expected at least 8 bytes of header length but found 0");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 5, 1L << 40, -1, Long.MIN_VALUE})
  void headerLengthBeyondTheFile(long length) {
    byte[] bytes = new byte[12];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (length >>> (8 * i));
    }
    TestCheckpoint.writeBytes(path(), bytes);
    assertOpenFails("header length: expected 2 to 4 bytes but found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1,2]", "{\"x\":", "{} {}", "\u0000\u0001\u0002", "<html></html>"})
  void headerThatIsNoJsonObject(String header) {
    write(header, 0);
    assertOpenFails("not a safetensors file: the header");
  }

  @Test
  void tensorNamedTwice() {
    write("{\"x\":%1$s,\"x\":%1$s}".formatted(entry("F32", "[1]", 0, 4)), 4);
    assertOpenFails("Duplicate field 'x'");
  }

  @ParameterizedTest(name = "{0} {1} [{2}, {3}]")
  @CsvSource(
      delimiter = ';',
      value = {
        "F31; [1]; 0; 4; unknown dtype",
        "F32; [2]; 0; 4; expected 8 bytes for F32 [2] but data_offsets [0, 4] hold 4",
        "F32; [1]; 4; 0; expected 4 bytes for F32 [1]",
        "F32; [-1]; 0; 4; shape: expected whole numbers but found -1",
        "F32; [1.5]; 0; 4; shape: expected whole numbers but found 1.5",
        "F32; [1]; -4; 0; data_offsets: expected whole numbers but found -4",
        "F32; [4611686018427387904, 4]; 0; 4; more bytes than a file can hold",
        "F32; [3]; 0; 12; truncated: F32 [3] ends at byte 12 of the data but the file holds 8",
        "F32; [1]; 0; 4; the tensors end at byte 4 of the data but the file holds 8",
        "F32; [1]; 4; 8; leaves a gap behind the header: expected to begin at byte 0 but found 4",
        "F32; 7; 0; 4; expected dtype, shape and data_offsets"
      })
  void damagedEntry(String dtype, String shape, long begin, long end, String message) {
    write("{\"x\":" + entry(dtype, shape, begin, end) + "}", 8);
    assertOpenFails(message);
  }

  @Test
  void tensorsThatOverlap() {
    write(
        "{\"a\":%s,\"b\":%s}".formatted(entry("F32", "[2]", 0, 8), entry("F32", "[2]", 4, 12)), 12);
    assertOpenFails("tensor b: overlaps a: expected to begin at byte 8 but found 4");
  }

  @Test
  void gapBetweenTensors() {
    write(
        "{\"a\":%s,\"b\":%s}".formatted(entry("F32", "[1]", 0, 4), entry("F32", "[1]", 8, 12)), 12);
    assertOpenFails("tensor b: leaves a gap behind a");
  }

  @Test
  void missingFile() {
    assertOpenFails("no such file");
  }

  @Test
  void folderInPlaceOfAFile() {
    try (Arena arena = Arena.ofConfined()) {
      assertRefused(() -> SafetensorsFile.open(folder, arena), "cannot be read");
    }
  }

  private Path path() {
    return folder.resolve("x.safetensors");
  }

  private void write(String header, int dataBytes) {
    write(header, new byte[dataBytes]);
  }

  private void write(String header, byte[] data) {
    TestCheckpoint.writeRaw(path(), header, data);
  }

  private static byte[] floats(float... values) {
    return StoredBytes.f32(values, values.length).bytes();
  }

  private static String entry(String dtype, String shape, long begin, long end) {
    return "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(dtype, shape, begin, end);
  }

  private void assertOpenFails(String message) {
    try (Arena arena = Arena.ofConfined()) {
      assertRefused(() -> SafetensorsFile.open(path(), arena), message);
    }
  }

  private void assertRefused(Runnable action, String message) {
    var error = assertThrows(EngineException.class, action::run);
    assertTrue(error.getMessage().contains(message), error.getMessage());
    assertTrue(error.getMessage().startsWith(folder.toString()), error.getMessage());
  }
}
