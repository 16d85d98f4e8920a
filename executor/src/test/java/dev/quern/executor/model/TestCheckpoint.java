package dev.quern.executor.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A checkpoint in memory that tests change and write in any layout. */
final class TestCheckpoint {
  private static final ObjectMapper JSON = new ObjectMapper();

  final ObjectNode config;
  final Map<String, StoredBytes> tensors = new LinkedHashMap<>();

  private TestCheckpoint(ObjectNode config) {
    this.config = config;
  }

  /** Reads a folder with a single file of weights. */
  static TestCheckpoint read(Path folder) {
    try (Arena arena = Arena.ofConfined()) {
      var config = (ObjectNode) JSON.readTree(Files.readString(folder.resolve("config.json")));
      TestCheckpoint checkpoint = new TestCheckpoint(config);
      SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"), arena);
      for (TensorEntry entry : file.entries().values()) {
        checkpoint.tensors.put(
            entry.name(),
            new StoredBytes(
                entry.type().name(),
                entry.shape().stream().mapToInt(Long::intValue).toArray(),
                file.bytes(entry).toArray(ValueLayout.JAVA_BYTE)));
      }
      return checkpoint;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  StoredBytes remove(String name) {
    StoredBytes tensor = tensors.remove(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + name + " in " + tensors.keySet());
    }
    return tensor;
  }

  /** Gives a tensor another form under its name. */
  void change(String name, UnaryOperator<StoredBytes> change) {
    tensors.put(name, change.apply(remove(name)));
  }

  /** Gives every tensor another name. */
  void rename(UnaryOperator<String> rename) {
    Map<String, StoredBytes> renamed = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> renamed.put(rename.apply(name), tensor));
    tensors.clear();
    tensors.putAll(renamed);
  }

  Path write(Path folder) {
    writeConfig(folder);
    writeFile(folder.resolve("model.safetensors"), tensors);
    return folder;
  }

  /** Spreads the tensors over shards, one after the other. */
  Path writeSharded(Path folder, int shards) {
    writeConfig(folder);
    List<Map<String, StoredBytes>> parts = new ArrayList<>();
    for (int k = 0; k < shards; k++) {
      parts.add(new LinkedHashMap<>());
    }
    ObjectNode index = JSON.createObjectNode();
    ObjectNode map = index.putObject("weight_map");
    int next = 0;
    for (Map.Entry<String, StoredBytes> tensor : tensors.entrySet()) {
      int shard = next++ % shards;
      parts.get(shard).put(tensor.getKey(), tensor.getValue());
      map.put(tensor.getKey(), shardName(shard, shards));
    }
    for (int k = 0; k < shards; k++) {
      writeFile(folder.resolve(shardName(k, shards)), parts.get(k));
    }
    writeText(folder.resolve("model.safetensors.index.json"), index.toString());
    return folder;
  }

  static String shardName(int shard, int shards) {
    return "model-%05d-of-%05d.safetensors".formatted(shard + 1, shards);
  }

  void writeConfig(Path folder) {
    writeText(folder.resolve("config.json"), config.toPrettyString());
  }

  static void writeFile(Path file, Map<String, StoredBytes> tensors) {
    ObjectNode header = JSON.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    int offset = 0;
    for (Map.Entry<String, StoredBytes> tensor : tensors.entrySet()) {
      ObjectNode node = header.putObject(tensor.getKey());
      node.put("dtype", tensor.getValue().dtype());
      for (int size : tensor.getValue().shape()) {
        node.withArray("shape").add(size);
      }
      int end = offset + tensor.getValue().bytes().length;
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    ByteBuffer data = ByteBuffer.allocate(offset);
    tensors.values().forEach(t -> data.put(t.bytes()));
    writeRaw(file, header.toString(), data.array());
  }

  /** Writes a header as it is, however wrong, and the data behind it. */
  static void writeRaw(Path file, String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json).put(data);
    writeBytes(file, bytes.array());
  }

  static void writeText(Path file, String text) {
    writeBytes(file, text.getBytes(StandardCharsets.UTF_8));
  }

  static void writeBytes(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
