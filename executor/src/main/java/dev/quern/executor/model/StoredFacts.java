package dev.quern.executor.model;

import dev.quern.executor.model.SafetensorsFolder.StoredTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the stored weights say where older {@code config.json} files are silent.
 *
 * @param head whether {@code lm_head.weight} is stored; empty where no weights are at hand
 * @param sharedElements elements of a layer's shared down projection (hidden x shared width), 0
 *     where none is stored; empty where no weights are at hand
 */
record StoredFacts(Optional<Boolean> head, OptionalLong sharedElements) {
  /** Only {@code config.json} is at hand. */
  static final StoredFacts NONE = new StoredFacts(Optional.empty(), OptionalLong.empty());

  static StoredFacts of(Map<String, StoredTensor> stored) {
    long shared =
        stored.values().stream()
            .map(StoredTensor::entry)
            .filter(e -> e.name().endsWith(".mlp.shared_experts.down_proj.weight"))
            .map(TensorEntry::shape)
            .mapToLong(StoredFacts::product)
            .findFirst()
            .orElse(0);
    return new StoredFacts(
        Optional.of(stored.containsKey("lm_head.weight")), OptionalLong.of(shared));
  }

  private static long product(List<Long> shape) {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
