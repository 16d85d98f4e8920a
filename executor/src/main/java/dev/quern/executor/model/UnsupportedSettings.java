package dev.quern.executor.model;

/**
 * Settings of {@code config.json} that would change the arithmetic and that no code here serves.
 */
final class UnsupportedSettings {
  private UnsupportedSettings() {}

  /**
   * @throws dev.quern.executor.engine.EngineException that names the first such setting and what is
   *     supported
   */
  static void refuse(ConfigJson config) {
    requireFlag(config, "use_bias", false, "projections without bias");
    requireFlag(config, "attention_bias", false, "projections without bias");
    requireFlag(config, "mlp_bias", false, "projections without bias");
    requireFlag(config, "use_rmsnorm", true, "RMSNorm");
    requireFlag(config, "use_qk_norm", false, "attention without query and key norms");
    requireFlag(config, "rope_3d", false, "text positions; vision-language models are not served");
    requireFlag(config, "moe_norm_gate_logits", true, "normalised expert weights");
    requireText(config, "hidden_act", "silu");
    requireText(config, "moe_gate", "topk");
    requireText(config, "moe_gate_act", "softmax");
    requireOne(config, "compression_ratio");
    requireOne(config, "partial_rotary_factor");
    requireAbsent(config, "rope_scaling", "rotary positions without scaling (null)");
    requireAbsent(config, "vision_config", "text models only");
    if (config.flag("use_sliding_window", true)) {
      requireAbsent(config, "sliding_window", "full attention (null)");
    }
    ConfigJson rope = config.object("rope_parameters");
    requireText(rope, "rope_type", "default");
    requireText(rope, "type", "default");
    requireOne(rope, "partial_rotary_factor");
  }

  private static void requireFlag(ConfigJson config, String key, boolean supported, String what) {
    if (config.flag(key, supported) != supported) {
      throw config.error(
          "%s: %s is not supported; supported: %s (%s)"
              .formatted(config.path(key), !supported, what, supported));
    }
  }

  private static void requireText(ConfigJson config, String key, String supported) {
    String found = config.text(key, supported);
    if (!found.equals(supported)) {
      throw config.error(
          "%s: \"%s\" is not supported; supported: \"%s\""
              .formatted(config.path(key), found, supported));
    }
  }

  private static void requireOne(ConfigJson config, String key) {
    if (config.has(key) && config.positiveNumber(key) != 1.0) {
      throw config.error(
          "%s: %s is not supported; supported: 1".formatted(config.path(key), config.node(key)));
    }
  }

  private static void requireAbsent(ConfigJson config, String key, String what) {
    if (config.has(key)) {
      throw config.error(
          "%s: %s is not supported; supported: %s"
              .formatted(config.path(key), config.node(key), what));
    }
  }
}
