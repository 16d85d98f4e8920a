package dev.quern.executor.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.EngineException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The safetensors files of a checkpoint folder: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} names.
 *
 * @param files in order of their names
 * @param tensors every tensor of every file
 */
record SafetensorsFolder(List<SafetensorsFile> files, Map<String, StoredTensor> tensors) {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  /** A tensor and the file that holds it. */
  record StoredTensor(SafetensorsFile file, TensorEntry entry) {}

  /** Whether a folder has weights of this format. */
  static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(SINGLE)) || Files.exists(folder.resolve(INDEX));
  }

  static SafetensorsFolder open(Path folder, Arena arena) {
    boolean single = Files.exists(folder.resolve(SINGLE));
    Path index = folder.resolve(INDEX);
    if (!Files.exists(index)) {
      if (!single) {
        throw noWeights(folder);
      }
      SafetensorsFile file = SafetensorsFile.open(folder.resolve(SINGLE), arena);
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      file.entries().values().forEach(e -> tensors.put(e.name(), new StoredTensor(file, e)));
      return new SafetensorsFolder(List.of(file), tensors);
    }
    Map<String, String> places = readIndex(index);
    if (single && !places.containsValue(SINGLE)) {
      throw new EngineException(
          "%s: holds %s and also %s, which names other files; remove the one that is stale"
              .formatted(folder, SINGLE, INDEX));
    }
    return openShards(folder, index, places, arena);
  }

  private static SafetensorsFolder openShards(
      Path folder, Path index, Map<String, String> places, Arena arena) {
    Map<String, SafetensorsFile> shards = new TreeMap<>();
    for (Map.Entry<String, String> place : places.entrySet()) {
      if (!Files.exists(folder.resolve(place.getValue()))) {
        throw new EngineException(
            "%s: shard %s, which %s names for tensor %s, is missing; fetch it again"
                .formatted(folder, place.getValue(), INDEX, place.getKey()));
      }
      shards.computeIfAbsent(
          place.getValue(), name -> SafetensorsFile.open(folder.resolve(name), arena));
    }
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, SafetensorsFile> shard : shards.entrySet()) {
      for (TensorEntry entry : shard.getValue().entries().values()) {
        String place = places.get(entry.name());
        if (!shard.getKey().equals(place)) {
          throw new EngineException(
              "%s: tensor %s stands in this file but %s %s"
                  .formatted(
                      shard.getValue().path(),
                      entry.name(),
                      index,
                      place == null ? "does not name it" : "places it in " + place));
        }
        tensors.put(entry.name(), new StoredTensor(shard.getValue(), entry));
      }
    }
    for (Map.Entry<String, String> place : places.entrySet()) {
      if (!tensors.containsKey(place.getKey())) {
        throw new EngineException(
            "%s: tensor %s is missing from this file, where %s places it"
                .formatted(folder.resolve(place.getValue()), place.getKey(), index));
      }
    }
    return new SafetensorsFolder(List.copyOf(shards.values()), tensors);
  }

  /** Tensor name to file name. */
  private static Map<String, String> readIndex(Path index) {
    ConfigJson json = ConfigJson.read(index);
    JsonNode map = json.object("weight_map").node();
    if (map.isEmpty()) {
      throw json.error("expected an object weight_map that names a file for each tensor");
    }
    Map<String, String> places = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> place : map.properties()) {
      String file = place.getValue().asText();
      if (!place.getValue().isTextual() || file.isEmpty() || !isPlainName(file)) {
        throw json.error(
            "weight_map.%s: expected the name of a file in this folder but found %s"
                .formatted(place.getKey(), place.getValue()));
      }
      places.put(place.getKey(), file);
    }
    return places;
  }

  private static boolean isPlainName(String file) {
    return !file.contains("/") && !file.contains("\\") && !file.contains("..");
  }

  private static EngineException noWeights(Path folder) {
    List<String> others = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(p -> p.getFileName().toString())
          .filter(n -> n.matches(".*\\.(safetensors|bin|pt|pth|pdparams|gguf)"))
          .sorted()
          .forEach(others::add);
    } catch (IOException e) {
      return new EngineException(folder + ": cannot be listed: " + e, e);
    }
    return new EngineException(
        "%s: expected %s or %s but found %s; other formats of weights are not read: convert them to safetensors"
            .formatted(folder, SINGLE, INDEX, others.isEmpty() ? "no weights" : others));
  }
}
