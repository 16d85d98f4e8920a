package dev.quern.executor.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.EngineException;
import java.util.Map;

/** How a checkpoint's weights are stored, from {@code quantization_config}. */
enum StoredQuantization {
  /** Floating point only. */
  NONE,
  /**
   * compressed-tensors {@code int-quantized}: int8, symmetric, one scale an output channel in
   * {@code <name>_scale}; any matrix may be left in floating point.
   */
  INT8_PER_CHANNEL;

  static StoredQuantization of(ConfigJson config) {
    if (!config.has("quantization_config")) {
      return NONE;
    }
    JsonNode node = config.object("quantization_config").node();
    String method = node.path("quant_method").asText();
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
                + "(8 bits, symmetric, strategy channel), or floating-point weights")
            .formatted(what));
  }
}
