package dev.quern.executor.model.decoder;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.Routing;
import dev.quern.executor.device.Tensor;
import dev.quern.executor.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Activations of one step, allocated once. Shapes: [tokens, width]; q, k, v, wide are a rank's
 * part.
 */
final class Workspace implements AutoCloseable {
  final int tokens;
  final int logitRows;
  final Tensor ids;
  final Tensor hidden;
  final Tensor normed;
  final Tensor block;
  final Tensor q;
  final Tensor k;
  final Tensor v;
  final Tensor[] qkv;
  final Tensor attended;
  final Optional<Inner> dense;
  final Optional<Inner> shared;
  final Tensor lastIds;
  final Tensor last;
  final Tensor lastNormed;
  final Tensor logits;
  final Optional<Tensor> routed;
  final Optional<Routing> routing;
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final Device device;

  /** Inside of a feed-forward block, [tokens, its width], and room of the same shape. */
  record Inner(Tensor activations, Tensor scratch) {}

  Workspace(Device device, ModelConfig config, Shard shard, int tokens, int logitRows) {
    this.device = device;
    this.tokens = tokens;
    this.logitRows = logitRows;
    int heads = shard.part("num_attention_heads", config.heads());
    int kvHeads = shard.part("num_key_value_heads", config.kvHeads());
    try {
      ids = own(device.allocate(ElementType.INT32, tokens, 1));
      hidden = tensor(tokens, config.hidden());
      normed = tensor(tokens, config.hidden());
      block = tensor(tokens, config.hidden());
      q = tensor(tokens, heads * config.headDim());
      k = tensor(tokens, kvHeads * config.headDim());
      v = tensor(tokens, kvHeads * config.headDim());
      qkv = new Tensor[] {q, k, v};
      attended = tensor(tokens, heads * config.headDim());
      dense =
          config.hasDense()
              ? Optional.of(inner(shard.part("intermediate_size", config.intermediate())))
              : Optional.empty();
      shared =
          config
              .moe()
              .filter(m -> m.sharedExperts() > 0)
              .map(m ->
                  inner(
                      shard.part(
                          "the width of the shared experts",
                          m.intermediate() * m.sharedExperts())));
      lastIds = own(device.allocate(ElementType.INT32, logitRows, 1));
      last = tensor(logitRows, config.hidden());
      lastNormed = tensor(logitRows, config.hidden());
      logits = tensor(logitRows, config.vocabSize());
      routed = config.moe().map(_ -> tensor(tokens, config.hidden()));
      routing = config.moe().map(m -> own(device.allocateRouting(tokens, m.topK())));
    } catch (RuntimeException | Error e) {
      Closing.after(e, owned);
      throw e;
    }
  }

  private Inner inner(int width) {
    return new Inner(tensor(tokens, width), tensor(tokens, width));
  }

  private Tensor tensor(int rows, int columns) {
    return own(device.allocate(ElementType.F32, rows, columns));
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.add(resource);
    return resource;
  }

  @Override
  public void close() {
    Closing.all(owned);
  }
}
