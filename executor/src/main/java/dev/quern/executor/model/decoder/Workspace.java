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
  final Tensor attended;
  final Tensor wide;
  final Tensor wideScratch;
  final Tensor lastIds;
  final Tensor last;
  final Tensor lastNormed;
  final Tensor logits;
  final Optional<Tensor> routed;
  final Optional<Routing> routing;
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final Device device;

  Workspace(Device device, ModelConfig config, Shard shard, int tokens, int logitRows) {
    this.device = device;
    this.tokens = tokens;
    this.logitRows = logitRows;
    int heads = shard.part("num_attention_heads", config.heads());
    int kvHeads = shard.part("num_key_value_heads", config.kvHeads());
    ids = own(device.allocate(ElementType.INT32, tokens, 1));
    hidden = tensor(tokens, config.hidden());
    normed = tensor(tokens, config.hidden());
    block = tensor(tokens, config.hidden());
    q = tensor(tokens, heads * config.headDim());
    k = tensor(tokens, kvHeads * config.headDim());
    v = tensor(tokens, kvHeads * config.headDim());
    attended = tensor(tokens, heads * config.headDim());
    int width = DecoderLayer.widest(config, shard);
    wide = tensor(tokens, width);
    wideScratch = tensor(tokens, width);
    lastIds = own(device.allocate(ElementType.INT32, logitRows, 1));
    last = tensor(logitRows, config.hidden());
    lastNormed = tensor(logitRows, config.hidden());
    logits = tensor(logitRows, config.vocabSize());
    routed = config.moe().map(_ -> tensor(tokens, config.hidden()));
    routing = config.moe().map(m -> own(device.allocateRouting(tokens, m.topK())));
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
