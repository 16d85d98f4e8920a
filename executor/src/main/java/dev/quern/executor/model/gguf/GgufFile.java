package dev.quern.executor.model.gguf;

import dev.quern.executor.engine.EngineException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A memory-mapped GGUF file, version 2 or 3, little-endian (ggml docs/gguf.md). Opening checks the
 * header against the file's size. Valid as long as the arena that it was mapped in.
 *
 * @param header all bytes before the tensors' data
 * @param data all bytes of the tensors
 * @param tensors by name, in file order
 */
public record GgufFile(
    Path path,
    GgufMetadata metadata,
    Map<String, GgufTensor> tensors,
    MemorySegment header,
    MemorySegment data) {
  private static final int MAGIC = 0x46554747; // "GGUF"
  private static final int MAX_DIMENSIONS = 4;
  private static final int DEFAULT_ALIGNMENT = 32;

  /** Whether {@code --model} names such a file, by its suffix. */
  public static boolean isNamed(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(".gguf");
  }

  /**
   * Maps a file; its memory belongs to the arena.
   *
   * @throws EngineException when the file cannot be read, is damaged, or holds a tensor of a type
   *     that is not supported; names file, tensor, expected and found
   */
  public static GgufFile open(Path path, Arena arena) {
    MemorySegment file = map(path, arena);
    var cursor = new GgufCursor(path, file);
    int tensorCount = start(cursor);
    int keyCount = cursor.count("number of keys", 13);
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < keyCount; i++) {
      String key = cursor.text("key " + i);
      if (values.put(key, cursor.value(key, cursor.uint32("type of " + key))) != null) {
        throw cursor.damaged("key " + key + " stands twice");
      }
    }
    var metadata = new GgufMetadata(path, values);
    List<TensorInfo> infos = new ArrayList<>();
    for (int i = 0; i < tensorCount; i++) {
      infos.add(TensorInfo.read(cursor, i));
    }
    int alignment = metadata.integer("general.alignment", 1, DEFAULT_ALIGNMENT);
    long start = Math.ceilDiv(cursor.position(), (long) alignment) * alignment;
    if (start > file.byteSize() && tensorCount > 0) {
      throw cursor.damaged("it ends before its tensors' data, which begin at byte " + start);
    }
    MemorySegment data = file.asSlice(Math.min(start, file.byteSize()));
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    for (TensorInfo info : infos) {
      if (tensors.put(info.name(), info.tensor(cursor, data, alignment)) != null) {
        throw cursor.damaged("tensor " + info.name() + " stands twice");
      }
    }
    return new GgufFile(path, metadata, tensors, file.asSlice(0, cursor.position()), data);
  }

  /**
   * Reads only the metadata.
   *
   * @throws EngineException as {@link #open}
   */
  public static GgufMetadata metadata(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      return open(path, arena).metadata();
    }
  }

  /** Magic and version; returns the number of tensors. */
  private static int start(GgufCursor cursor) {
    int magic = cursor.uint32("magic number");
    if (magic != MAGIC) {
      throw cursor.damaged(
          "expected the magic number GGUF but found 0x%08x".formatted(Integer.reverseBytes(magic)));
    }
    int version = cursor.uint32("version");
    if (version != 2 && version != 3) {
      String bigEndian = Integer.reverseBytes(version) <= 3 ? " (a big-endian file)" : "";
      throw cursor.damaged(
          "expected version 2 or 3, little-endian, but found %s%s"
              .formatted(Integer.toUnsignedString(version), bigEndian));
    }
    // The least that a tensor takes in the header.
    return cursor.count("number of tensors", 32);
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

  /** A tensor as the header describes it. */
  private record TensorInfo(String name, List<Long> shape, int type, long offset) {
    static TensorInfo read(GgufCursor cursor, int index) {
      String name = cursor.text("the name of tensor " + index);
      String what = "tensor " + name;
      int dimensions = cursor.uint32(what);
      if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
        throw cursor.damaged(
            "%s: expected 1 to %d dimensions but found %s"
                .formatted(what, MAX_DIMENSIONS, Integer.toUnsignedString(dimensions)));
      }
      List<Long> shape = new ArrayList<>();
      for (int d = 0; d < dimensions; d++) {
        shape.add(cursor.uint64(what));
      }
      return new TensorInfo(name, shape, cursor.uint32(what), cursor.uint64(what));
    }

    GgufTensor tensor(GgufCursor cursor, MemorySegment data, int alignment) {
      GgufType known =
          GgufType.of(type)
              .orElseThrow(() ->
                  cursor.damaged(
                      "tensor %s: type %s is not supported; supported: %s"
                          .formatted(name, GgufType.name(type), List.of(GgufType.values()))));
      long bytes = bytes(cursor, known);
      if (offset % alignment != 0) {
        throw cursor.damaged(
            "tensor %s: expected an offset in multiples of %d but found %s"
                .formatted(name, alignment, Long.toUnsignedString(offset)));
      }
      if (offset < 0 || bytes > data.byteSize() - offset) {
        throw cursor.damaged(
            "tensor %s: expected %d bytes at %s but the data has %d; the file may be cut off"
                .formatted(name, bytes, Long.toUnsignedString(offset), data.byteSize()));
      }
      return new GgufTensor(name, known, shape, data.asSlice(offset, bytes));
    }

    private long bytes(GgufCursor cursor, GgufType known) {
      try {
        long rows = 1;
        for (long size : shape) {
          if (size < 1) {
            throw new ArithmeticException("size " + size);
          }
          rows = Math.multiplyExact(rows, size);
        }
        rows /= shape.getFirst();
        if (shape.getFirst() % known.blockElements() == 0) {
          return Math.multiplyExact(rows, known.rowBytes(shape.getFirst()));
        }
      } catch (ArithmeticException e) {
        throw cursor.damaged(
            "tensor %s: impossible shape %s (%s)".formatted(name, shape, e.getMessage()));
      }
      throw cursor.damaged(
          "tensor %s: expected rows in multiples of %d elements for %s but found %s"
              .formatted(name, known.blockElements(), known, shape));
    }
  }
}
