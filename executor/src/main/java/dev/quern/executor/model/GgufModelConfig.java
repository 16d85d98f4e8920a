package dev.quern.executor.model;

import dev.quern.executor.device.Rope;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.ModelConfig.Family;
import dev.quern.executor.model.gguf.GgufFile;
import dev.quern.executor.model.gguf.GgufMetadata;
import dev.quern.executor.model.gguf.GgufTensor;
import java.util.List;
import java.util.Optional;

/**
 * The arithmetic of a GGUF model from its metadata. Keys and their meaning: llama.cpp's gguf-py
 * (constants.py), src/llama-model.cpp and convert_hf_to_gguf.py.
 */
final class GgufModelConfig {
  /** Where a file has no base frequency (src/llama-model.cpp). */
  private static final double LLAMA_THETA = 10000;

  /** Sum of chosen experts' weights is at least this; GGUF has no key for ERNIE's moe_norm_min. */
  private static final double NORM_MIN = 1e-12;

  private final GgufFile file;
  private final GgufMetadata metadata;
  private final String prefix;

  private GgufModelConfig(GgufFile file, String prefix) {
    this.file = file;
    this.metadata = file.metadata();
    this.prefix = prefix;
  }

  /**
   * @throws EngineException naming file and key: missing, malformed, or asking for arithmetic that
   *     is not supported
   */
  static ModelConfig read(GgufFile file) {
    GgufMetadata metadata = file.metadata();
    String architecture =
        metadata
            .text("general.architecture")
            .orElseThrow(() -> metadata.missing("general.architecture"));
    Family family =
        switch (architecture) {
          case "llama" -> Family.LLAMA;
          case "ernie4_5" -> Family.ERNIE4_5;
          case "ernie4_5-moe" -> Family.ERNIE4_5_MOE;
          default ->
              throw metadata.error(
                  "general.architecture \"%s\" is not supported; supported: llama, ernie4_5, ernie4_5-moe"
                      .formatted(architecture));
        };
    return new GgufModelConfig(file, architecture + ".").read(family);
  }

  private ModelConfig read(Family family) {
    refuseUnsupported();
    int hidden = require("embedding_length");
    int heads = require("attention.head_count");
    int kvHeads = metadata.integer(prefix + "attention.head_count_kv", 1, heads);
    if (heads % kvHeads != 0) {
      throw metadata.error(
          "%sattention.head_count %d is no multiple of head_count_kv %d"
              .formatted(prefix, heads, kvHeads));
    }
    int headDim = metadata.integer(prefix + "attention.key_length", 2, hidden / heads);
    requireSame("attention.value_length", headDim);
    requireSame("rope.dimension_count", headDim);
    int layers = require("block_count");
    Optional<MoeConfig> moe =
        family == Family.ERNIE4_5_MOE ? Optional.of(experts(layers)) : Optional.empty();
    return new ModelConfig(
        family,
        vocabulary(),
        hidden,
        require("feed_forward_length"),
        layers,
        heads,
        kvHeads,
        headDim,
        require("context_length"),
        (float) metadata.requireNumber(prefix + "attention.layer_norm_rms_epsilon"),
        theta(family),
        // Converters reorder the rows of llama's q and k so that pairs are neighbours.
        Rope.Style.INTERLEAVED,
        !file.tensors().containsKey("output.weight"),
        moe,
        0);
  }

  private int require(String key) {
    return metadata.require(prefix + key, 1);
  }

  private void requireSame(String key, int headDim) {
    int value = metadata.integer(prefix + key, 1, headDim);
    if (value != headDim) {
      throw metadata.error(
          "%s%s %d is not supported; supported: the head dimension %d"
              .formatted(prefix, key, value, headDim));
    }
  }

  private int vocabulary() {
    GgufTensor embedding = file.tensors().get("token_embd.weight");
    if (embedding == null || embedding.shape().size() != 2) {
      throw metadata.error("tensor token_embd.weight: expected a matrix but it is missing");
    }
    return Math.toIntExact(embedding.shape().get(1));
  }

  private double theta(Family family) {
    String key = prefix + "rope.freq_base";
    Optional<Double> theta = metadata.number(key);
    if (theta.isEmpty() && family != Family.LLAMA) {
      throw metadata.missing(key);
    }
    return theta.orElse(LLAMA_THETA);
  }

  private MoeConfig experts(int layers) {
    int count = require("expert_count");
    int topK = require("expert_used_count");
    if (topK > count) {
      throw metadata.error(
          "%sexpert_used_count %d is more than expert_count %d".formatted(prefix, topK, count));
    }
    int start = metadata.require(prefix + "leading_dense_block_count", 0);
    int interval = require("interleave_moe_layer_step");
    int shared = metadata.integer(prefix + "expert_shared_count", 0, 0);
    MoeConfig moe =
        new MoeConfig(
            count,
            topK,
            require("expert_feed_forward_length"),
            shared,
            start,
            layers - 1,
            interval,
            NORM_MIN);
    if (java.util.stream.IntStream.range(0, layers).noneMatch(moe::isMoe)) {
      throw metadata.error(
          "%sleading_dense_block_count %d, interleave_moe_layer_step %d leave no layer of %d with experts"
              .formatted(prefix, start, interval, layers));
    }
    return moe;
  }

  private void refuseUnsupported() {
    if (metadata.integer("split.count").orElse(1L) > 1) {
      throw metadata.error(
          "this is one part of a model in %d files; join them with llama-gguf-split --merge"
              .formatted(metadata.integer("split.count").get()));
    }
    requireText("rope.scaling.type", "none", "rotary positions without scaling");
    if (file.tensors().containsKey("rope_freqs.weight")) {
      throw metadata.error(
          "tensor rope_freqs.weight: rotary positions with scaled frequencies are not supported");
    }
    boolean moe = prefix.startsWith("ernie4_5-moe");
    if (!moe && metadata.integer(prefix + "expert_count").orElse(0L) > 0) {
      throw metadata.error(
          prefix + "expert_count: experts are supported for the architecture ernie4_5-moe only");
    }
    long gating = metadata.integer(prefix + "expert_gating_func").orElse(1L);
    if (gating != 0 && gating != 1) {
      throw metadata.error(
          "%sexpert_gating_func %d is not supported; supported: 1 (softmax)"
              .formatted(prefix, gating));
    }
    double scale = metadata.number(prefix + "expert_weights_scale").orElse(1.0);
    if (scale != 1 && scale != 0) {
      throw metadata.error(
          "%sexpert_weights_scale %s is not supported; supported: 1".formatted(prefix, scale));
    }
    for (String key : List.of("attention.sliding_window", "logit_scale", "embedding_scale")) {
      if (metadata.has(prefix + key)) {
        throw metadata.error("key " + prefix + key + " is not supported");
      }
    }
  }

  private void requireText(String key, String supported, String what) {
    String found = metadata.text(prefix + key).orElse(supported);
    if (!found.equals(supported)) {
      throw metadata.error(
          "%s%s \"%s\" is not supported; supported: %s".formatted(prefix, key, found, what));
    }
  }
}
