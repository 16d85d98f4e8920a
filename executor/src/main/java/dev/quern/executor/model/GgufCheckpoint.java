package dev.quern.executor.model;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.gguf.GgufFile;
import dev.quern.executor.model.gguf.GgufMatrix;
import dev.quern.executor.model.gguf.GgufMetadata;
import dev.quern.executor.model.gguf.GgufTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A GGUF file, mapped and checked against its metadata. */
final class GgufCheckpoint implements Checkpoint {
  /** Enough to see the pattern of what is wrong. */
  private static final int MAX_PROBLEMS = 8;

  private final Arena arena;
  private final ModelConfig config;
  private final Map<String, HostMatrix> matrices;
  private final String fingerprint;

  private GgufCheckpoint(
      Arena arena, ModelConfig config, Map<String, HostMatrix> matrices, String fingerprint) {
    this.arena = arena;
    this.config = config;
    this.matrices = Map.copyOf(matrices);
    this.fingerprint = fingerprint;
  }

  /** The arena is closed with the checkpoint; where opening fails it stays the caller's. */
  static GgufCheckpoint open(Path path, Arena arena, Consumer<GgufMetadata> metadata) {
    GgufFile file = GgufFile.open(path, arena);
    metadata.accept(file.metadata());
    ModelConfig config = GgufModelConfig.read(file);
    Map<String, HostMatrix> matrices = new HashMap<>();
    Set<String> used = new HashSet<>();
    List<String> problems = new ArrayList<>();
    for (ExpectedTensor expected : Inventory.of(config)) {
      GgufNames.Place place = GgufNames.place(expected.name());
      GgufTensor tensor = file.tensors().get(place.tensor());
      List<Long> shape = shape(expected, place, config);
      if (tensor == null) {
        if (!expected.optional()) {
          problems.add("tensor %s: missing; expected %s".formatted(place.tensor(), shape));
        }
      } else if (!tensor.shape().equals(shape)) {
        if (used.add(place.tensor())) {
          problems.add(
              "tensor %s: expected %s but found %s"
                  .formatted(place.tensor(), shape, tensor.describe()));
        }
      } else {
        used.add(place.tensor());
        long firstRow = (long) place.expert().orElse(0) * expected.rows();
        matrices.put(
            expected.name(),
            GgufMatrix.of(expected.name(), tensor, firstRow, expected.rows(), expected.columns()));
      }
    }
    for (GgufTensor tensor : file.tensors().values()) {
      if (!used.contains(tensor.name())) {
        problems.add(
            "tensor %s: %s: extra; this architecture has no such tensor"
                .formatted(tensor.name(), tensor.describe()));
      }
    }
    if (!problems.isEmpty()) {
      throw failure(path, problems);
    }
    return new GgufCheckpoint(arena, config, matrices, Fingerprint.of(file));
  }

  /** What the tensor must have, fastest size first. */
  private static List<Long> shape(
      ExpectedTensor expected, GgufNames.Place place, ModelConfig config) {
    long columns = expected.columns();
    long rows = expected.rows();
    return switch (expected.role()) {
      case NORM, CORRECTION_BIAS -> List.of(columns);
      case EMBEDDING, LINEAR, HEAD, ROUTER ->
          place.expert().isPresent()
              ? List.of(columns, rows, (long) config.moe().orElseThrow().experts())
              : List.of(columns, rows);
    };
  }

  private static EngineException failure(Path path, List<String> problems) {
    int more = problems.size() - MAX_PROBLEMS;
    return new EngineException(
        path
            + ": the tensors do not fit the metadata (shapes fastest first):\n  "
            + String.join("\n  ", problems.subList(0, Math.min(MAX_PROBLEMS, problems.size())))
            + (more > 0 ? "\n  and " + more + " more" : ""));
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public HostMatrix tensor(String canonicalName) {
    return optionalTensor(canonicalName)
        .orElseThrow(
            () -> new IllegalArgumentException(canonicalName + ": not a tensor of this model"));
  }

  @Override
  public Optional<HostMatrix> optionalTensor(String canonicalName) {
    return Optional.ofNullable(matrices.get(canonicalName));
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
