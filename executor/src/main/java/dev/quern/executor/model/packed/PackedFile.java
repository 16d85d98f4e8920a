package dev.quern.executor.model.packed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.device.cpu.PanelMatrix;
import dev.quern.executor.engine.EngineException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The file {@code weights.quern}: the eight bytes QUERNPK1, the length of a JSON header as a
 * little-endian long, the header {@code {"layout", "tensors": [{name, rows, columns, offset,
 * format}]}}, and the tensors. Every tensor begins at a multiple of 64 bytes, every expert of a
 * layer at a page, its three matrices behind one another.
 */
public final class PackedFile {
  /** Its name in a folder. */
  public static final String NAME = "weights.quern";

  static final int PREFIX = 16;
  private static final byte[] MAGIC = "QUERNPK1".getBytes(StandardCharsets.US_ASCII);
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment data;
  private final MemorySegment header;
  private final Map<String, PackedTensor> tensors = new LinkedHashMap<>();

  private PackedFile(Path file, MemorySegment data) throws IOException {
    this.data = data;
    if (data.byteSize() < PREFIX
        || data.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) != -1) {
      throw new EngineException(
          file
              + ": no packed weights of this version (it does not begin with QUERNPK1); make the"
              + " folder anew with quern quantize");
    }
    long length = data.get(LENGTH, MAGIC.length);
    if (length < 2 || length > data.byteSize() - PREFIX) {
      throw new EngineException(
          file + ": header of " + length + " bytes in a file of " + data.byteSize());
    }
    header = data.asSlice(0, PREFIX + length);
    byte[] text = data.asSlice(PREFIX, length).toArray(ValueLayout.JAVA_BYTE);
    JsonNode json = new ObjectMapper().readTree(text);
    String layout = json.path("layout").asText();
    if (!layout.equals(PanelMatrix.LAYOUT)) {
      throw new EngineException(
          file
              + ": packed in layout \""
              + layout
              + "\" but this build runs \""
              + PanelMatrix.LAYOUT
              + "\"; make the folder anew with quern quantize");
    }
    for (JsonNode node : json.path("tensors")) {
      PackedTensor tensor = PackedTensor.of(node);
      if (tensor.offset() < 0 || tensor.bytes() > data.byteSize() - tensor.offset()) {
        throw new EngineException(
            file
                + ": "
                + tensor.name()
                + ": "
                + tensor.bytes()
                + " bytes at "
                + tensor.offset()
                + " but the file has "
                + data.byteSize()
                + "; it is cut short");
      }
      tensors.put(tensor.name(), tensor);
    }
  }

  /**
   * Maps a file.
   *
   * @throws EngineException when it cannot be used, with the reason
   */
  static PackedFile open(Path file, Arena arena) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new PackedFile(
          file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new EngineException(file + ": its header cannot be read: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new EngineException(file + ": cannot be read: " + e, e);
    }
  }

  /** Magic, length and header of these tensors. */
  static byte[] header(List<PackedTensor> tensors) {
    var mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode().put("layout", PanelMatrix.LAYOUT);
    var list = json.putArray("tensors");
    tensors.forEach(t -> list.add(t.json()));
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[PREFIX + text.length];
    MemorySegment segment = MemorySegment.ofArray(all);
    MemorySegment.copy(MemorySegment.ofArray(MAGIC), 0, segment, 0, MAGIC.length);
    segment.set(LENGTH, MAGIC.length, text.length);
    System.arraycopy(text, 0, all, PREFIX, text.length);
    return all;
  }

  Map<String, PackedTensor> tensors() {
    return tensors;
  }

  MemorySegment header() {
    return header;
  }

  long size() {
    return data.byteSize();
  }

  MemorySegment bytes(PackedTensor tensor) {
    return data.asSlice(tensor.offset(), tensor.bytes());
  }
}
