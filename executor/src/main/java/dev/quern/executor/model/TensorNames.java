package dev.quern.executor.model;

import java.util.List;

/** The tensors that a decoder runs. */
public final class TensorNames {
  private TensorNames() {}

  /** Canonical names in the order of the forward pass, without prediction layers. */
  public static List<String> of(ModelConfig config) {
    return Inventory.of(config.withMtpLayers(0)).stream().map(ExpectedTensor::name).toList();
  }
}
