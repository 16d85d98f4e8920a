package dev.quern.executor.model.gguf;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.MoeConfig;

/** Writes a checkpoint's weights as llama.cpp's converter writes them, in float32. */
public final class GgufModels {
  private final Checkpoint checkpoint;
  private final ModelConfig config;
  private final GgufWriter writer = new GgufWriter();

  private GgufModels(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
    this.config = checkpoint.config();
  }

  /** The file's writer; tensors and keys can be added. */
  public static GgufWriter of(Checkpoint checkpoint) {
    return new GgufModels(checkpoint).model();
  }

  private GgufWriter model() {
    String architecture =
        switch (config.family()) {
          case LLAMA -> "llama";
          case ERNIE4_5 -> "ernie4_5";
          case ERNIE4_5_MOE -> "ernie4_5-moe";
        };
    writer.put("general.architecture", architecture);
    String prefix = architecture + ".";
    put(prefix + "embedding_length", config.hidden());
    put(prefix + "block_count", config.layers());
    put(prefix + "feed_forward_length", config.intermediate());
    put(prefix + "context_length", config.maxPositions());
    put(prefix + "attention.head_count", config.heads());
    put(prefix + "attention.head_count_kv", config.kvHeads());
    put(prefix + "attention.key_length", config.headDim());
    put(prefix + "attention.value_length", config.headDim());
    put(prefix + "rope.dimension_count", config.headDim());
    writer.put(prefix + "attention.layer_norm_rms_epsilon", config.rmsEps());
    writer.put(prefix + "rope.freq_base", (float) config.ropeTheta());
    config.moe().ifPresent(moe -> experts(prefix, moe));
    copy("model.embed_tokens.weight", "token_embd.weight");
    copy("model.norm.weight", "output_norm.weight");
    if (!config.tiedHead()) {
      copy("lm_head.weight", "output.weight");
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      layer(layer, "model.layers." + layer + ".", "blk." + layer + ".");
    }
    return writer;
  }

  private void put(String key, int value) {
    writer.put(key, value);
  }

  private void experts(String prefix, MoeConfig moe) {
    put(prefix + "expert_count", moe.experts());
    put(prefix + "expert_used_count", moe.topK());
    put(prefix + "expert_feed_forward_length", moe.intermediate());
    put(prefix + "expert_shared_count", moe.sharedExperts());
    put(prefix + "leading_dense_block_count", moe.startIndex());
    put(prefix + "interleave_moe_layer_step", moe.interval());
  }

  private void layer(int layer, String from, String to) {
    copy(from + "input_layernorm.weight", to + "attn_norm.weight");
    copy(from + "post_attention_layernorm.weight", to + "ffn_norm.weight");
    paired(from + "self_attn.q_proj.weight", to + "attn_q.weight");
    paired(from + "self_attn.k_proj.weight", to + "attn_k.weight");
    copy(from + "self_attn.v_proj.weight", to + "attn_v.weight");
    copy(from + "self_attn.o_proj.weight", to + "attn_output.weight");
    boolean moe = config.isMoe(layer);
    for (String part : new String[] {"gate", "up", "down"}) {
      if (!moe) {
        copy(from + "mlp." + part + "_proj.weight", to + "ffn_" + part + ".weight");
      } else {
        merged(from + "mlp.experts.", part + "_proj.weight", to + "ffn_" + part + "_exps.weight");
        if (config.moe().orElseThrow().sharedExperts() > 0) {
          copy(
              from + "mlp.shared_experts." + part + "_proj.weight",
              to + "ffn_" + part + "_shexp.weight");
        }
      }
    }
    if (moe) {
      copy(from + "mlp.gate.weight", to + "ffn_gate_inp.weight");
      checkpoint
          .optionalTensor(from + "mlp.moe_statics.e_score_correction_bias")
          .ifPresent(bias -> writer.floats(to + "exp_probs_b.bias", values(bias), bias.columns()));
    }
  }

  private void copy(String from, String to) {
    HostMatrix matrix = checkpoint.tensor(from);
    if (matrix.rows() == 1) {
      writer.floats(to, values(matrix), matrix.columns());
    } else {
      writer.floats(to, values(matrix), matrix.columns(), matrix.rows());
    }
  }

  /** Llama's rows of a head: (j, j + d/2) become neighbours, as in convert_hf_to_gguf's permute. */
  private void paired(String from, String to) {
    HostMatrix matrix = checkpoint.tensor(from);
    if (config.family() != ModelConfig.Family.LLAMA) {
      copy(from, to);
      return;
    }
    int columns = matrix.columns();
    int half = config.headDim() / 2;
    float[] straight = values(matrix);
    float[] turned = new float[straight.length];
    for (int row = 0; row < matrix.rows(); row++) {
      int head = row / config.headDim();
      int inHead = row % config.headDim();
      int target = head * config.headDim() + inHead % half * 2 + inHead / half;
      System.arraycopy(straight, row * columns, turned, target * columns, columns);
    }
    writer.floats(to, turned, columns, matrix.rows());
  }

  private void merged(String from, String part, String to) {
    int experts = config.moe().orElseThrow().experts();
    HostMatrix first = checkpoint.tensor(from + "0." + part);
    float[] all = new float[experts * first.rows() * first.columns()];
    for (int e = 0; e < experts; e++) {
      float[] one = values(checkpoint.tensor(from + e + "." + part));
      System.arraycopy(one, 0, all, e * one.length, one.length);
    }
    writer.floats(to, all, first.columns(), first.rows(), experts);
  }

  private static float[] values(HostMatrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    float[] row = new float[matrix.columns()];
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.read(r, row);
      System.arraycopy(row, 0, values, r * row.length, row.length);
    }
    return values;
  }
}
