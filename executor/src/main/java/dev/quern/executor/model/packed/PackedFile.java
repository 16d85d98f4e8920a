package dev.quern.executor.model.packed;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.quern.executor.engine.EngineException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The file {@code weights.quern}, mapped: the eight bytes QUERNPK2, the length of the {@link
 * PackedHeader} as a little-endian long, 32 bytes of SHA-256 over that header and all tensors, the
 * header, and from the next page on the tensors. Every tensor begins at a multiple of 64 bytes,
 * every expert of a layer at a page, its three matrices behind one another.
 */
final class PackedFile {
  /** Its name in a folder. */
  static final String NAME = "weights.quern";

  static final int DIGEST_BYTES = 32;
  private static final byte[] MAGIC = "QUERNPK2".getBytes(StandardCharsets.US_ASCII);
  private static final int PREFIX = MAGIC.length + Long.BYTES + DIGEST_BYTES;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final MemorySegment file;
  private final MemorySegment data;
  private final PackedHeader header;
  private final Map<String, PackedTensor> tensors = new LinkedHashMap<>();

  private PackedFile(Path path, MemorySegment file) throws IOException {
    this.path = path;
    this.file = file;
    if (file.byteSize() < PREFIX
        || file.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) != -1) {
      throw new EngineException(
          path
              + ": no packed weights of this version (it does not begin with QUERNPK2); make the"
              + " folder anew with quern quantize");
    }
    long length = file.get(LENGTH, MAGIC.length);
    if (length < 2 || length > file.byteSize() - PREFIX) {
      throw new EngineException(
          path + ": header of " + length + " bytes in a file of " + file.byteSize());
    }
    header = PackedHeader.of(file.asSlice(PREFIX, length).toArray(ValueLayout.JAVA_BYTE));
    data = file.asSlice(Math.min(file.byteSize(), dataStart(length)));
    for (PackedTensor tensor : header.tensors()) {
      if (tensor.offset() < 0 || tensor.bytes() > data.byteSize() - tensor.offset()) {
        throw new EngineException(
            "%s: %s: %d bytes at %d behind the header but %d stand there; it is cut short, make the folder anew with quern quantize"
                .formatted(path, tensor.name(), tensor.bytes(), tensor.offset(), data.byteSize()));
      }
      if (tensors.put(tensor.name(), tensor) != null) {
        throw new EngineException(path + ": " + tensor.name() + " stands in its header twice");
      }
    }
  }

  /**
   * Maps a file.
   *
   * @throws EngineException when it cannot be used, with the reason
   */
  static PackedFile open(Path path, Arena arena) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new PackedFile(
          path, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (JsonProcessingException e) {
      throw new EngineException(path + ": its header is no JSON: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new EngineException(path + ": its header: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new EngineException(path + ": cannot be read: " + e, e);
    }
  }

  /** Where data begins in a file with a header of so many bytes. */
  static long dataStart(long headerBytes) {
    return Math.ceilDiv(PREFIX + headerBytes, PackedHeader.PAGE) * PackedHeader.PAGE;
  }

  /** All that stands before the data. */
  static byte[] prefix(byte[] header, byte[] digest) {
    byte[] all = new byte[PREFIX + header.length];
    System.arraycopy(MAGIC, 0, all, 0, MAGIC.length);
    MemorySegment.ofArray(all).set(LENGTH, MAGIC.length, header.length);
    System.arraycopy(digest, 0, all, MAGIC.length + Long.BYTES, DIGEST_BYTES);
    System.arraycopy(header, 0, all, PREFIX, header.length);
    return all;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  Path path() {
    return path;
  }

  PackedHeader header() {
    return header;
  }

  Map<String, PackedTensor> tensors() {
    return tensors;
  }

  /** Of header and tensors, taken when they were written. */
  byte[] digest() {
    return file.asSlice(MAGIC.length + Long.BYTES, DIGEST_BYTES).toArray(ValueLayout.JAVA_BYTE);
  }

  long size() {
    return file.byteSize();
  }

  MemorySegment bytes(PackedTensor tensor) {
    return data.asSlice(tensor.offset(), tensor.bytes());
  }
}
