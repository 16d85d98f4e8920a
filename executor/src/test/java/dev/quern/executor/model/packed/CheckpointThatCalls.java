package dev.quern.executor.model.packed;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.ModelConfig;
import java.util.Optional;

/** Something happens when the weights of a matrix are asked for. */
record CheckpointThatCalls(Checkpoint original, String name, Runnable then) implements Checkpoint {
  @Override
  public ModelConfig config() {
    return original.config();
  }

  @Override
  public HostMatrix tensor(String canonicalName) {
    if (canonicalName.equals(name)) {
      then.run();
    }
    return original.tensor(canonicalName);
  }

  @Override
  public Optional<HostMatrix> optionalTensor(String canonicalName) {
    return original.optionalTensor(canonicalName);
  }

  @Override
  public String fingerprint() {
    return original.fingerprint();
  }

  /** The original is its maker's. */
  @Override
  public void close() {}
}
