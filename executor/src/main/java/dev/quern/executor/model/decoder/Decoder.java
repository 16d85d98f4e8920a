package dev.quern.executor.model.decoder;

import dev.quern.executor.device.Communicator;
import dev.quern.executor.device.Device;
import dev.quern.executor.device.KvCache;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.device.Weight;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.ModelConfig;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A decoder-only transformer, or a rank's shard of one, on a device: ERNIE-4.5 (transformers
 * models/ernie4_5, models/ernie4_5_moe) and Llama (models/llama). Not thread-safe.
 */
public final class Decoder implements AutoCloseable {
  private final Device device;
  private final Communicator communicator;
  private final ModelConfig config;
  private final int validIds;
  private final Weight embedding;
  private final Weight finalNorm;
  private final Weight head;
  private final List<DecoderLayer> layers = new ArrayList<>();
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final KvCache cache;
  private final Workspace workspace;

  /**
   * Packs the weights and allocates cache and activations.
   *
   * @param kv blocks, block size and type of the KV cache
   * @param maxTokens most tokens of a step
   * @param maxLogitRows most rows of a step whose logits are wanted
   * @param validIds ids from here on are never predicted (vocabulary padding)
   */
  public Decoder(
      Device device,
      Communicator communicator,
      Checkpoint checkpoint,
      KvSizes kv,
      int maxTokens,
      int maxLogitRows,
      int validIds,
      Optional<RoutingTrace> trace) {
    this.device = device;
    this.communicator = communicator;
    this.config = checkpoint.config();
    this.validIds = Math.min(validIds, config.vocabSize());
    var shard = new Shard(communicator.rank(), communicator.size());
    try {
      WeightLoader weights = own(new WeightLoader(device, checkpoint, shard));
      embedding = weights.whole("model.embed_tokens.weight");
      finalNorm = weights.whole("model.norm.weight");
      head = config.tiedHead() ? embedding : weights.whole("lm_head.weight");
      for (int i = 0; i < config.layers(); i++) {
        layers.add(new DecoderLayer(weights, config, i, trace));
      }
      cache =
          own(
              device.allocateKv(
                  new KvSpec(
                      config.layers(),
                      shard.part("num_key_value_heads", config.kvHeads()),
                      config.headDim(),
                      kv.blocks(),
                      kv.blockSize(),
                      kv.type())));
      workspace = own(new Workspace(device, config, shard, maxTokens, maxLogitRows));
    } catch (RuntimeException | Error e) {
      Closing.after(e, owned);
      throw e;
    }
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.add(resource);
    return resource;
  }

  /**
   * Whether a tensor-parallel group of this size can hold the model.
   *
   * @throws IllegalArgumentException naming what it does not divide
   */
  public static void checkDivides(ModelConfig config, int size) {
    var shard = new Shard(0, size);
    shard.part("num_attention_heads", config.heads());
    shard.part("num_key_value_heads", config.kvHeads());
    if (config.hasDense()) {
      shard.part("intermediate_size", config.intermediate());
    }
    config.moe().ifPresent(moe -> shard.part("moe_intermediate_size", moe.intermediate()));
  }

  /** Runs a step; afterwards logits stand in rows 0.. in the order of {@code logitRows}. */
  public void forward(StepInput step) {
    int rows = step.tokens();
    int wanted = step.logitRows().length;
    if (rows > workspace.tokens || wanted > workspace.logitRows) {
      throw new IllegalArgumentException(
          "step of "
              + rows
              + " tokens, "
              + wanted
              + " logit rows; room for "
              + workspace.tokens
              + " and "
              + workspace.logitRows);
    }
    device.upload(workspace.ids, step.ids(), rows);
    device.embed(workspace.hidden, embedding, workspace.ids, rows);
    for (DecoderLayer layer : layers) {
      layer.forward(device, communicator, workspace, cache, step.attention(), rows);
    }
    if (wanted > 0) {
      logits(step.logitRows());
    }
  }

  /**
   * Logits of other tokens of the last step, in rows 0.. instead of those that stood there.
   *
   * @param tokens places in the step's ids, at least one and at most the logit rows there is room
   *     for
   */
  public void logits(int[] tokens) {
    int wanted = tokens.length;
    device.upload(workspace.lastIds, tokens, wanted);
    device.gather(workspace.last, workspace.hidden, workspace.lastIds, wanted);
    device.rmsNorm(workspace.lastNormed, workspace.last, finalNorm, config.rmsEps(), wanted);
    device.logits(workspace.logits, workspace.lastNormed, head, validIds, wanted);
  }

  /** Ids of the largest logits of the first {@code count} logit rows: {@link Device#largest}. */
  public void largest(int[][] ids, int[] most, int count) {
    device.largest(ids, workspace.logits, most, count);
  }

  /** Draws the next ids of the first {@code count} logit rows of the last step. */
  public void sample(int[] ids, SamplingRow[] rows, int count) {
    device.sample(ids, workspace.logits, rows, count);
  }

  /** Log-probabilities of the given ids of the first {@code count} logit rows of the last step. */
  public void logProbabilities(double[][] out, int[][] ids, int count) {
    device.logProbabilities(out, workspace.logits, ids, count);
  }

  /** Copies the logits of the first {@code rows} logit rows, [rows, vocab]. */
  public void downloadLogits(float[] target, int rows) {
    device.download(workspace.logits, target, rows * config.vocabSize());
  }

  /** Copies the first tokens of a block to another, all layers. */
  public void copyBlock(int from, int to, int tokens) {
    device.copyBlock(cache, from, to, tokens);
  }

  /** Bytes of one block of this rank in exported form, all layers. */
  public long blockBytes() {
    return cache.spec().exportedBlockBytes(cache.spec().layers());
  }

  /** Copies blocks, all layers, into host memory: see {@link Device#exportBlocks}. */
  public void exportBlocks(int[] blocks, MemorySegment target) {
    device.exportBlocks(cache, 0, cache.spec().layers(), blocks, target);
  }

  /** The reverse of {@link #exportBlocks}. */
  public void importBlocks(int[] blocks, MemorySegment source) {
    device.importBlocks(cache, 0, cache.spec().layers(), blocks, source);
  }

  @Override
  public void close() {
    Closing.all(owned);
  }
}
