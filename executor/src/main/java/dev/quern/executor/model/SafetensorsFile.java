package dev.quern.executor.model;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.quern.executor.engine.EngineException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * A memory-mapped safetensors file: an 8-byte little-endian header length, a JSON header, the data.
 * Opening checks the header against the file. Valid as long as the arena that it was mapped in.
 */
public final class SafetensorsFile {
  /** The format's own limit; a larger length means that this is some other file. */
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final int LENGTH_BYTES = 8;
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private final Path path;
  private final MemorySegment data;
  private final Map<String, TensorEntry> entries;

  private SafetensorsFile(Path path, MemorySegment data, Map<String, TensorEntry> entries) {
    this.path = path;
    this.data = data;
    this.entries = entries;
  }

  /**
   * Maps a file; its memory belongs to the arena.
   *
   * @throws EngineException when the file cannot be read or is damaged; names file, tensor,
   *     expected and found
   */
  public static SafetensorsFile open(Path path, Arena arena) {
    MemorySegment file = map(path, arena);
    if (file.byteSize() < LENGTH_BYTES) {
      throw damaged(
          path, "expected at least 8 bytes of header length but found " + file.byteSize());
    }
    long length = file.get(LONG, 0);
    long limit = Math.min(MAX_HEADER_BYTES, file.byteSize() - LENGTH_BYTES);
    if (length < 2 || length > limit) {
      throw damaged(
          path,
          "header length: expected 2 to %d bytes but found %s"
              .formatted(limit, Long.toUnsignedString(length)));
    }
    byte[] header = file.asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    MemorySegment data = file.asSlice(LENGTH_BYTES + length);
    return new SafetensorsFile(path, data, SafetensorsHeader.parse(path, header, data.byteSize()));
  }

  private static MemorySegment map(Path path, Arena arena) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, Files.size(path), arena);
    } catch (NoSuchFileException e) {
      throw new EngineException(path + ": no such file", e);
    } catch (IOException e) {
      throw new EngineException(path + ": cannot be read: " + e, e);
    }
  }

  private static EngineException damaged(Path path, String message) {
    return new EngineException(path + ": not a safetensors file: " + message);
  }

  Path path() {
    return path;
  }

  /** The tensors by name, in file order. */
  Map<String, TensorEntry> entries() {
    return entries;
  }

  /** All bytes behind the header. */
  MemorySegment data() {
    return data;
  }

  /**
   * The bytes of a tensor, little-endian. Their address need not be a multiple of the element size:
   * read with unaligned layouts.
   */
  MemorySegment bytes(TensorEntry entry) {
    return data.asSlice(entry.begin(), entry.end() - entry.begin());
  }

  /** Names of the tensors, in file order. */
  public Iterable<String> names() {
    return entries.keySet();
  }

  /** Shape of a tensor, slowest dimension first. */
  public long[] shape(String name) {
    return entry(name).shape().stream().mapToLong(Long::longValue).toArray();
  }

  /** A copy of an I64 tensor's values in row-major order. */
  public long[] longs(String name) {
    return bytes(require(name, StoredType.I64)).toArray(LONG);
  }

  /** A copy of an F32 tensor's values in row-major order. */
  public float[] floats(String name) {
    return bytes(require(name, StoredType.F32)).toArray(FLOAT);
  }

  /** A copy of the bytes of an I8, U8 or BOOL tensor in row-major order. */
  public byte[] bytes(String name) {
    TensorEntry entry = entry(name);
    if (entry.type().bytes() != 1) {
      throw new EngineException(
          path + ": tensor " + name + ": expected one byte a value but found " + entry.describe());
    }
    return bytes(entry).toArray(ValueLayout.JAVA_BYTE);
  }

  private TensorEntry require(String name, StoredType type) {
    TensorEntry entry = entry(name);
    if (entry.type() != type) {
      throw new EngineException(
          path + ": tensor " + name + ": expected " + type + " but found " + entry.describe());
    }
    return entry;
  }

  private TensorEntry entry(String name) {
    TensorEntry entry = entries.get(name);
    if (entry == null) {
      throw new EngineException(path + ": no tensor " + name + "; it holds " + entries.keySet());
    }
    return entry;
  }
}
