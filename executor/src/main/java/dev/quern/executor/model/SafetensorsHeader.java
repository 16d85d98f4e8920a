package dev.quern.executor.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.EngineException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the JSON header of a safetensors file and proves that every tensor lies in the file, has
 * the bytes that its shape asks for, and that together they cover the data without gap or overlap.
 */
final class SafetensorsHeader {
  private final Path file;
  private final long dataBytes;

  private SafetensorsHeader(Path file, long dataBytes) {
    this.file = file;
    this.dataBytes = dataBytes;
  }

  /**
   * @param json the header
   * @param dataBytes bytes of the file behind the header
   * @return the tensors by name, in file order
   */
  static Map<String, TensorEntry> parse(Path file, byte[] json, long dataBytes) {
    return new SafetensorsHeader(file, dataBytes).parse(json);
  }

  private Map<String, TensorEntry> parse(byte[] json) {
    List<TensorEntry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : tree(json).properties()) {
      if (!field.getKey().equals("__metadata__")) {
        entries.add(entry(field.getKey(), field.getValue()));
      }
    }
    entries.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
    checkCoverage(entries);
    Map<String, TensorEntry> byName = new LinkedHashMap<>();
    entries.forEach(e -> byName.put(e.name(), e));
    return byName;
  }

  private JsonNode tree(byte[] json) {
    try {
      JsonNode root = Json.READER.readTree(json);
      if (root.isObject()) {
        return root;
      }
      throw error("the header is not a JSON object", null);
    } catch (JsonProcessingException e) {
      throw error("the header is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (java.io.IOException e) {
      throw error("the header cannot be read: " + e.getMessage(), e);
    }
  }

  private TensorEntry entry(String name, JsonNode node) {
    JsonNode dtype = node.path("dtype");
    JsonNode shape = node.path("shape");
    JsonNode offsets = node.path("data_offsets");
    if (!dtype.isTextual() || !shape.isArray() || !offsets.isArray() || offsets.size() != 2) {
      throw tensorError(
          name, "expected dtype, shape and data_offsets [begin, end] but found " + node);
    }
    StoredType type =
        StoredType.of(dtype.asText())
            .orElseThrow(() ->
                tensorError(
                    name,
                    "unknown dtype %s; known: %s".formatted(dtype, List.of(StoredType.values()))));
    List<Long> sizes = new ArrayList<>();
    shape.forEach(n -> sizes.add(whole(name, "shape", n)));
    long begin = whole(name, "data_offsets", offsets.get(0));
    long end = whole(name, "data_offsets", offsets.get(1));
    TensorEntry entry = new TensorEntry(name, type, sizes, begin, end);
    checkBytes(entry);
    return entry;
  }

  private long whole(String name, String key, JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0) {
      throw tensorError(name, key + ": expected whole numbers but found " + node);
    }
    return node.asLong();
  }

  private void checkBytes(TensorEntry entry) {
    long expected = entry.type().bytes();
    try {
      for (long size : entry.shape()) {
        expected = Math.multiplyExact(expected, size);
      }
    } catch (ArithmeticException _) {
      throw tensorError(entry.name(), entry.describe() + " has more bytes than a file can hold");
    }
    if (entry.end() < entry.begin() || entry.end() - entry.begin() != expected) {
      throw tensorError(
          entry.name(),
          "expected %d bytes for %s but data_offsets [%d, %d] hold %d"
              .formatted(
                  expected,
                  entry.describe(),
                  entry.begin(),
                  entry.end(),
                  entry.end() - entry.begin()));
    }
    if (entry.end() > dataBytes) {
      throw tensorError(
          entry.name(),
          ("truncated: %s ends at byte %d of the data but the file holds %d; "
                  + "fetch the file again")
              .formatted(entry.describe(), entry.end(), dataBytes));
    }
  }

  private void checkCoverage(List<TensorEntry> sorted) {
    long covered = 0;
    String previous = "the header";
    for (TensorEntry entry : sorted) {
      if (entry.begin() != covered) {
        String what = entry.begin() < covered ? "overlaps" : "leaves a gap behind";
        throw tensorError(
            entry.name(),
            "%s %s: expected to begin at byte %d but found %d"
                .formatted(what, previous, covered, entry.begin()));
      }
      covered = entry.end();
      previous = entry.name();
    }
    if (covered != dataBytes) {
      throw error(
          "the tensors end at byte %d of the data but the file holds %d"
              .formatted(covered, dataBytes),
          null);
    }
  }

  private EngineException tensorError(String tensor, String message) {
    return new EngineException(file + ": tensor " + tensor + ": " + message);
  }

  private EngineException error(String message, Throwable cause) {
    return new EngineException(file + ": not a safetensors file: " + message, cause);
  }
}
