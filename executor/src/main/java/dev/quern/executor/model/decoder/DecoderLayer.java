package dev.quern.executor.model.decoder;

import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.KvCache;
import dev.quern.executor.device.Rope;
import dev.quern.executor.device.Weight;
import dev.quern.executor.model.ModelConfig;
import java.util.Optional;

/**
 * One pre-norm decoder layer: grouped-query attention, then a dense or routed feed-forward block.
 */
final class DecoderLayer {
  private final int index;
  private final float eps;
  private final Rope rope;
  private final Weight inputNorm;
  private final Weight q;
  private final Weight k;
  private final Weight v;
  private final Weight o;
  private final Weight postNorm;
  private final FeedForward feedForward;

  DecoderLayer(WeightLoader loader, ModelConfig config, int index, Optional<RoutingTrace> trace) {
    String prefix = "model.layers." + index + ".";
    this.index = index;
    eps = config.rmsEps();
    rope = config.rope();
    inputNorm = loader.whole(prefix + "input_layernorm.weight");
    q = loader.outputs(prefix + "self_attn.q_proj.weight");
    k = loader.outputs(prefix + "self_attn.k_proj.weight");
    v = loader.outputs(prefix + "self_attn.v_proj.weight");
    o = loader.inputs(prefix + "self_attn.o_proj.weight");
    postNorm = loader.whole(prefix + "post_attention_layernorm.weight");
    feedForward =
        config.isMoe(index)
            ? FeedForward.Mixture.load(loader, config, index, trace)
            : FeedForward.Dense.load(loader, prefix + "mlp.");
  }

  void forward(
      Device device,
      Communicator communicator,
      Workspace w,
      KvCache cache,
      AttentionBatch batch,
      int rows) {
    device.rmsNorm(w.normed, w.hidden, inputNorm, eps, rows);
    device.linear(w.q, w.normed, q, rows);
    device.linear(w.k, w.normed, k, rows);
    device.linear(w.v, w.normed, v, rows);
    device.ropeAttention(w.attended, w.q, w.k, w.v, rope, cache, index, batch);
    device.linear(w.block, w.attended, o, rows);
    addReduced(device, communicator, w, rows);
    device.rmsNorm(w.normed, w.hidden, postNorm, eps, rows);
    feedForward.forward(device, w, rows);
    addReduced(device, communicator, w, rows);
  }

  private static void addReduced(Device device, Communicator communicator, Workspace w, int rows) {
    if (communicator.size() > 1) {
      device.allReduce(w.block, rows, communicator);
    }
    device.add(w.hidden, w.block, rows);
  }
}
