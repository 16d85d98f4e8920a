package dev.quern.executor.model.decoder;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.Weight;
import dev.quern.executor.model.Checkpoint;
import java.util.ArrayList;
import java.util.List;

/** Packs a checkpoint's tensors onto a device, each rank its part, and owns the packed weights. */
final class WeightLoader implements AutoCloseable {
  private final Device device;
  private final Checkpoint checkpoint;
  private final Shard shard;
  private final List<Weight> owned = new ArrayList<>();

  WeightLoader(Device device, Checkpoint checkpoint, Shard shard) {
    this.device = device;
    this.checkpoint = checkpoint;
    this.shard = shard;
  }

  /** The whole tensor on every rank: norms, router, embedding, head. */
  Weight whole(String name) {
    return pack(checkpoint.tensor(name));
  }

  /** The whole tensor, or null where the checkpoint lacks it. */
  Weight wholeOrNull(String name) {
    return checkpoint.optionalTensor(name).map(this::pack).orElse(null);
  }

  /** This rank's outputs of a projection that widens (q, k, v, gate, up). */
  Weight outputs(String name) {
    return pack(shard.rows(checkpoint.tensor(name)));
  }

  /** This rank's inputs of a projection that narrows (o, down). */
  Weight inputs(String name) {
    return pack(shard.columns(checkpoint.tensor(name)));
  }

  private Weight pack(HostMatrix matrix) {
    Weight weight = device.pack(matrix);
    owned.add(weight);
    return weight;
  }

  @Override
  public void close() {
    Closing.all(owned);
  }
}
