package dev.quern.executor.bench;

import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.host.WeightBytes;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.MoeConfig;
import dev.quern.executor.model.decoder.KvSizes;
import dev.quern.executor.model.decoder.StepInput;

/**
 * What the steps of a model must compute and read, counted by formula: multiply-adds of linears
 * (top-k of the experts), attention and logits; bytes of weights read once a step and of keys and
 * values read once a group of rows that share them. Norms, rotations and the embedding's rows, well
 * below a hundredth, are left out.
 */
final class ModelCost {
  private final Checkpoint checkpoint;
  private final ModelConfig config;
  private final int blockSize;
  private final long kvTokenBytes;
  private final long keyMacs;
  private final long headMacs;
  private final long headBytes;
  private final long[] expertBytes;
  private long tokenMacs;
  private long stepBytes;

  ModelCost(Checkpoint checkpoint, KvSizes kv) {
    this.checkpoint = checkpoint;
    config = checkpoint.config();
    blockSize = kv.blockSize();
    kvTokenBytes =
        new KvSpec(config.layers(), config.kvHeads(), config.headDim(), 1, 1, kv.type())
            .bytesPerToken();
    keyMacs = 2L * config.layers() * config.heads() * config.headDim();
    HostMatrix head =
        checkpoint.tensor(config.tiedHead() ? "model.embed_tokens.weight" : "lm_head.weight");
    headMacs = (long) head.rows() * head.columns();
    headBytes = bytes(head);
    expertBytes = new long[config.layers()];
    for (int layer = 0; layer < config.layers(); layer++) {
      addLayer(layer, "model.layers." + layer + ".");
    }
  }

  private void addLayer(int layer, String prefix) {
    for (String projection : new String[] {"q", "k", "v", "o"}) {
      add(prefix + "self_attn." + projection + "_proj.weight");
    }
    String mlp = prefix + "mlp.";
    if (!config.isMoe(layer)) {
      addSwiGlu(mlp);
      return;
    }
    MoeConfig moe = config.moe().orElseThrow();
    add(mlp + "gate.weight");
    if (moe.sharedExperts() > 0) {
      addSwiGlu(mlp + "shared_experts.");
    }
    // Experts of a layer are alike.
    for (String projection : SWIGLU) {
      HostMatrix matrix = checkpoint.tensor(mlp + "experts.0." + projection);
      tokenMacs += (long) moe.topK() * matrix.rows() * matrix.columns();
      expertBytes[layer] += bytes(matrix);
    }
  }

  private static final String[] SWIGLU = {"gate_proj.weight", "up_proj.weight", "down_proj.weight"};

  private void addSwiGlu(String prefix) {
    for (String projection : SWIGLU) {
      add(prefix + projection);
    }
  }

  private void add(String name) {
    HostMatrix matrix = checkpoint.tensor(name);
    tokenMacs += (long) matrix.rows() * matrix.columns();
    stepBytes += bytes(matrix);
  }

  private static long bytes(HostMatrix matrix) {
    return WeightBytes.of(matrix.format(), matrix.rows(), matrix.columns());
  }

  /** Multiply-adds of a step. */
  long macs(StepInput step) {
    AttentionBatch batch = step.attention();
    long keys = 0;
    for (int s = 0; s < batch.sequences(); s++) {
      long from = batch.firstPosition()[s];
      long to = from + batch.firstRow()[s + 1] - batch.firstRow()[s];
      // Position p sees p + 1 keys.
      keys += (to * (to + 1) - from * (from + 1)) / 2;
    }
    return tokenMacs * step.tokens() + keyMacs * keys + headMacs * step.logitRows().length;
  }

  /** Bytes that a step reads, but for its experts. */
  long bytes(StepInput step) {
    AttentionBatch batch = step.attention();
    long tokens = 0;
    for (int s = 0; s < batch.sequences(); s++) {
      long to = (long) batch.firstPosition()[s] + batch.firstRow()[s + 1] - batch.firstRow()[s];
      tokens += to - (long) batch.sharedBlocks()[s] * blockSize;
    }
    long head = step.logitRows().length > 0 ? headBytes : 0;
    return stepBytes + head + tokens * kvTokenBytes;
  }

  /** Multiply-adds of one token behind {@code context} others, its logits not counted. */
  double tokenMacs(double context) {
    return tokenMacs + keyMacs * context;
  }

  /** Multiply-adds of the logits of one token. */
  long headMacs() {
    return headMacs;
  }

  /**
   * Bytes of weights that a step of {@code rows} decoding sequences reads: of the experts those
   * that are hit if each row chooses evenly.
   */
  double weightBytes(int rows) {
    double bytes = stepBytes + headBytes;
    for (int layer = 0; layer < config.layers(); layer++) {
      if (config.isMoe(layer)) {
        MoeConfig moe = config.moe().orElseThrow();
        double missed = Math.pow(1 - moe.topK() / (double) moe.experts(), rows);
        bytes += expertBytes[layer] * moe.experts() * (1 - missed);
      }
    }
    return bytes;
  }

  /** Bytes of one expert of a layer. */
  long expertBytes(int layer) {
    return expertBytes[layer];
  }
}
