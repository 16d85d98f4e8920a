package dev.quern.executor.model;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.quern.executor.model.SafetensorsFolder.StoredTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Scale vectors as aligned float32, converted off the heap where they are stored otherwise. */
final class Scales {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private final Arena arena;
  private final Map<String, MemorySegment> converted = new ConcurrentHashMap<>();

  Scales(Arena arena) {
    this.arena = arena;
  }

  /** The mapped values themselves where they are aligned float32, else a copy of them. */
  MemorySegment float32(StoredTensor scale) {
    MemorySegment bytes = scale.file().bytes(scale.entry());
    boolean ready = scale.entry().type() == StoredType.F32 && bytes.address() % Float.BYTES == 0;
    return ready
        ? bytes
        : converted.computeIfAbsent(
            scale.entry().name(), _ -> convert(bytes, scale.entry().type()));
  }

  private MemorySegment convert(MemorySegment bytes, StoredType type) {
    long count = bytes.byteSize() / type.bytes();
    MemorySegment target = arena.allocate(count * Float.BYTES, Long.BYTES);
    for (long i = 0; i < count; i++) {
      target.set(FLOAT, i * Float.BYTES, value(bytes, type, i));
    }
    return target;
  }

  private static float value(MemorySegment bytes, StoredType type, long index) {
    return switch (type) {
      case F32 -> bytes.get(FLOAT, index * Float.BYTES);
      case F16 -> Float.float16ToFloat(bytes.get(SHORT, index * Short.BYTES));
      case BF16 -> Float.intBitsToFloat(bytes.get(SHORT, index * Short.BYTES) << 16);
      case BOOL, U8, I8, F8_E4M3, F8_E5M2, I16, U16, I32, U32, F64, I64, U64 ->
          throw new IllegalArgumentException(type + " scales");
    };
  }
}
