package dev.quern.executor.model.decoder;

import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.KvCache;
import dev.quern.executor.device.Rope;
import dev.quern.executor.device.Tensor;
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
  private final Weight[] qkv;
  private final Weight o;
  private final Weight postNorm;
  private final FeedForward feedForward;

  DecoderLayer(WeightLoader loader, ModelConfig config, int index, Optional<RoutingTrace> trace) {
    String prefix = "model.layers." + index + ".";
    this.index = index;
    eps = config.rmsEps();
    rope = config.rope();
    inputNorm = loader.whole(prefix + "input_layernorm.weight");
    qkv =
        new Weight[] {
          loader.outputs(prefix + "self_attn.q_proj.weight"),
          loader.outputs(prefix + "self_attn.k_proj.weight"),
          loader.outputs(prefix + "self_attn.v_proj.weight")
        };
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
    device.normLinear(w.qkv, w.normed, w.hidden, inputNorm, eps, qkv, rows);
    device.ropeAttention(w.attended, w.q, w.k, w.v, rope, cache, index, batch);
    addProduct(device, communicator, w, w.attended, o, rows);
    feedForward.forward(device, communicator, w, postNorm, eps, rows);
  }

  /** hidden += x . weight^T, summed over the ranks. */
  static void addProduct(
      Device device, Communicator communicator, Workspace w, Tensor x, Weight weight, int rows) {
    if (communicator.size() == 1) {
      device.linearAdd(w.hidden, w.block, x, weight, rows);
    } else {
      device.linear(w.block, x, weight, rows);
      addReduced(device, communicator, w, w.block, rows);
    }
  }

  /** hidden += the sum of the ranks' parts. */
  static void addReduced(
      Device device, Communicator communicator, Workspace w, Tensor part, int rows) {
    if (communicator.size() > 1) {
      device.allReduce(part, rows, communicator);
    }
    device.add(w.hidden, part, rows);
  }
}
