package dev.quern.executor.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.plan.QuantizationScheme;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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

  /** What weights can be converted to. */
  private static final List<String> SCHEMES =
      Arrays.stream(QuantizationScheme.values())
          .filter(scheme -> scheme != QuantizationScheme.NONE)
          .map(QuantizationScheme::label)
          .toList();

  /** Characters of a configuration that an error quotes. */
  private static final int MOST_TEXT = 500;

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
    String method = node.path("quant_method").asText("");
    if (method.equals("quern")) {
      return NONE; // weights.quern says the format of each tensor
    }
    if (method.equals("fp8")) {
      checkFp8(config, node);
      return FP8_BLOCKS;
    }
    if (method.isEmpty()) {
      throw withoutMethod(config, node);
    }
    String format = node.path("format").asText();
    if (!method.equals("compressed-tensors") || !format.equals("int-quantized")) {
      String layout = format.isEmpty() ? "" : ", format \"" + format + '"';
      throw unsupported(config, "quant_method \"" + method + '"' + layout);
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

  /**
   * FastDeploy's files name schemes (mix_quant, wint4, ..) where others name a method; their
   * weights are in its own layout.
   */
  private static EngineException withoutMethod(ConfigJson config, JsonNode node) {
    String text = node.toString();
    String scheme =
        Stream.of("moe_quant_type", "quantization", "dense_quant_type")
            .map(key -> node.path(key).asText())
            .filter(value -> SCHEMES.contains(value))
            .findFirst()
            .orElse("one of " + String.join(", ", SCHEMES));
    return config.error(
        "quantization_config: expected a quant_method but found %s; weights of this layout are not read: take the same model in 16 bits and convert it while loading with --quantization %s"
            .formatted(
                text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + " ..", scheme));
  }

  private static EngineException unsupported(ConfigJson config, String what) {
    return config.error(
        ("quantization_config: %s is not supported; supported: compressed-tensors int-quantized "
                + "(8 bits, symmetric, strategy channel), fp8 (e4m3, dynamic, weight_block_size"
                + " [128, 128]), or floating-point weights")
            .formatted(what));
  }
}
