package dev.quern.executor.model;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.host.WeightBytes;
import dev.quern.executor.model.ExpectedTensor.Role;
import java.util.List;
import java.util.Optional;

/**
 * The weights of a model under the canonical names of {@code -PT} checkpoints, whatever the stored
 * layout (fused, transposed, other prefix, sharded). Opening checks every tensor against the
 * configuration: a missing, extra, misshaped or truncated one is an error that names tensor, file,
 * expected and found.
 */
public interface Checkpoint extends AutoCloseable {
  ModelConfig config();

  /** A matrix [rows, columns] or a vector (one row), memory-mapped; valid until close. */
  HostMatrix tensor(String canonicalName);

  /** Like {@link #tensor} for tensors that a checkpoint may lack (the correction bias). */
  Optional<HostMatrix> optionalTensor(String canonicalName);

  /** Bytes that the weights take in their formats once they are packed; nothing is read for it. */
  default long weightBytes() {
    return Inventory.of(config().withMtpLayers(0)).stream()
        .flatMap(expected -> optionalTensor(expected.name()).stream())
        .mapToLong(m -> WeightBytes.of(m.format(), m.rows(), m.columns()))
        .sum();
  }

  /** Formats of the matrices that products take, the head among them, each named once. */
  default List<WeightFormat> productFormats() {
    Role head = config().tiedHead() ? Role.EMBEDDING : Role.HEAD;
    return Inventory.of(config().withMtpLayers(0)).stream()
        .filter(expected -> expected.role() == Role.LINEAR || expected.role() == head)
        .map(expected -> tensor(expected.name()).format())
        .distinct()
        .toList();
  }

  /** Identifies the weights: a hash over configuration, file names, sizes and headers. */
  String fingerprint();

  @Override
  void close();
}
