package dev.quern.executor.model.plan;

import dev.quern.executor.device.ElementType;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What to plan for.
 *
 * @param devices empty: only sizes are reported
 * @param scheme empty: none, as stored
 * @param kvType empty: the scheme's
 * @param maxModelLen empty: the model's positions
 * @param maxNumSeqs sequences of that length at a time; empty: 1
 */
public record PlanRequest(
    Optional<DeviceGroup> devices,
    Optional<QuantizationScheme> scheme,
    Optional<ElementType> kvType,
    OptionalInt maxModelLen,
    OptionalInt maxNumSeqs) {
  public PlanRequest {
    if (maxModelLen.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "--max-model-len: expected at least 1 but got " + maxModelLen.getAsInt());
    }
    if (maxNumSeqs.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "--max-num-seqs: expected at least 1 but got " + maxNumSeqs.getAsInt());
    }
  }

  /** Sizes only. */
  public static PlanRequest sizes() {
    return new PlanRequest(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty());
  }
}
