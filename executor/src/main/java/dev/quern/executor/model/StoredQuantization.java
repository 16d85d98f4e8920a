package dev.quern.executor.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.engine.EngineException;
import java.util.Map;
import java.util.Optional;

/** How a checkpoint's weights are stored, from {@code quantization_config}. */
enum StoredQuantization {
  /** Floating point only. */
  NONE,
  /**
   * compressed-tensors {@code int-quantized}: int8, symmetric, one scale an output channel in
   * {@code <name>_scale}; any matrix may be left in floating point.
   */
  INT8_PER_CHANNEL,
  /**
   * fp8 of DeepSeek-V3 and of FP8 exports of ERNIE-4.5: E4M3, one multiplier a block of 128 x 128
   * in {@code <name>_scale_inv}; any matrix may be left in floating point.
   */
  FP8_BLOCKS;

  /** Of the matrices that are quantized. */
  Optional<WeightFormat> format() {
    return switch (this) {
      case NONE -> Optional.empty();
      case INT8_PER_CHANNEL ->
          Optional.of(new WeightFormat.Integers(8, WeightFormat.WHOLE_ROW, ElementType.F32, false));
      case FP8_BLOCKS -> Optional.of(new WeightFormat.Fp8Blocks());
    };
  }

  static StoredQuantization of(ConfigJson config) {
    if (!config.has("quantization_config")) {
      return NONE;
    }
    JsonNode node = config.object("quantization_config").node();
    String method = node.path("quant_method").asText();
    if (method.equals("quern")) {
      return NONE; // weights.quern says the format of each tensor
    }
    if (method.equals("fp8")) {
      checkFp8(config, node);
      return FP8_BLOCKS;
    }
    String format = node.path("format").asText();
    if (!method.equals("compressed-tensors") || !format.equals("int-quantized")) {
      throw unsupported(config, "quant_method \"%s\", format \"%s\"".formatted(method, format));
    }
    for (Map.Entry<String, JsonNode> group : node.path("config_groups").properties()) {
      checkGroup(config, group.getKey(), group.getValue());
    }
    JsonNode cache = node.path("kv_cache_scheme");
    if (!cache.isMissingNode() && !cache.isNull()) {
      throw unsupported(config, "kv_cache_scheme " + cache);
    }
    return INT8_PER_CHANNEL;
  }

  /** Multipliers of tensors or channels, and static scales of activations, are other layouts. */
  private static void checkFp8(ConfigJson config, JsonNode node) {
    JsonNode block = node.path("weight_block_size");
    boolean known =
        block.size() == 2 && block.path(0).asInt() == 128 && block.path(1).asInt() == 128;
    String format = node.path("fmt").asText("e4m3");
    String activations = node.path("activation_scheme").asText("dynamic");
    if (!known || !format.equals("e4m3") || !activations.equals("dynamic")) {
      throw unsupported(
          config,
          "quant_method \"fp8\" with fmt \"%s\", activation_scheme \"%s\", weight_block_size %s"
              .formatted(format, activations, block.isMissingNode() ? "missing" : block));
    }
  }

  private static void checkGroup(ConfigJson config, String name, JsonNode group) {
    JsonNode weights = group.path("weights");
    boolean known =
        weights.path("num_bits").asInt() == 8
            && weights.path("type").asText("int").equals("int")
            && weights.path("symmetric").asBoolean(true)
            && weights.path("strategy").asText().equals("channel");
    if (!known) {
      throw unsupported(config, name + ".weights " + weights);
    }
    JsonNode activations = group.path("input_activations");
    if (activations.isObject() && !activations.path("dynamic").asBoolean(false)) {
      throw unsupported(config, name + ".input_activations " + activations);
    }
  }

  private static EngineException unsupported(ConfigJson config, String what) {
    return config.error(
        ("quantization_config: %s is not supported; supported: compressed-tensors int-quantized "
                + "(8 bits, symmetric, strategy channel), fp8 (e4m3, dynamic, weight_block_size"
                + " [128, 128]), or floating-point weights")
            .formatted(what));
  }
}
