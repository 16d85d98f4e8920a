package dev.quern.executor.model;

import dev.quern.executor.device.Rope;
import dev.quern.executor.model.ModelConfig.Family;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code config.json}, older and newer files of the families. Nothing that changes the
 * arithmetic has a default here unless all published implementations agree on it.
 */
public final class ModelConfigReader {
  private static final Map<String, Family> ARCHITECTURES =
      Map.of(
          "Ernie4_5ForCausalLM", Family.ERNIE4_5,
          "Ernie4_5_ForCausalLM", Family.ERNIE4_5,
          "Ernie4_5_MoeForCausalLM", Family.ERNIE4_5_MOE,
          "LlamaForCausalLM", Family.LLAMA);

  private final ConfigJson json;
  private final StoredFacts facts;

  private ModelConfigReader(ConfigJson json, StoredFacts facts) {
    this.json = json;
    this.facts = facts;
  }

  /**
   * Reads a {@code config.json} on its own. Where it does not say whether the head is tied it
   * counts as untied, the larger of the two.
   *
   * @throws dev.quern.executor.engine.EngineException naming file and key: missing, malformed, or
   *     asking for arithmetic that is not supported
   */
  public static ModelConfig read(Path file) {
    return read(ConfigJson.read(file), StoredFacts.NONE);
  }

  static ModelConfig read(ConfigJson json, StoredFacts facts) {
    return new ModelConfigReader(json, facts).read();
  }

  private ModelConfig read() {
    UnsupportedSettings.refuse(json);
    Family family = family();
    int hidden = json.positive("hidden_size");
    int layers = json.positive("num_hidden_layers");
    int heads = json.positive("num_attention_heads");
    boolean llamaDefault = family == Family.LLAMA && !json.has("num_key_value_heads");
    int kvHeads = llamaDefault ? heads : json.positive("num_key_value_heads");
    if (heads % kvHeads != 0) {
      throw json.error(
          "num_attention_heads %d is no multiple of num_key_value_heads %d"
              .formatted(heads, kvHeads));
    }
    return new ModelConfig(
        family,
        json.positive("vocab_size"),
        hidden,
        json.positive("intermediate_size"),
        layers,
        heads,
        kvHeads,
        headDim(hidden, heads),
        json.positive("max_position_embeddings"),
        (float) json.positiveNumber("rms_norm_eps"),
        ropeTheta(),
        // Llama checkpoints in Hugging Face layout rotate halves, ERNIE's rotate neighbours.
        family == Family.LLAMA ? Rope.Style.HALF_SPLIT : Rope.Style.INTERLEAVED,
        json.flag("tie_word_embeddings", facts.head().map(stored -> !stored).orElse(false)),
        moe(family, hidden, layers),
        mtpLayers(family));
  }

  private Family family() {
    String modelType = json.text("model_type", "");
    List<String> architectures =
        json.node("architectures").valueStream().map(n -> n.asText()).toList();
    Optional<Family> byArchitecture =
        architectures.stream().map(ARCHITECTURES::get).filter(f -> f != null).findFirst();
    Optional<Family> byType =
        Arrays.stream(Family.values()).filter(f -> f.modelType().equals(modelType)).findFirst();
    boolean conflict =
        byType.isPresent()
            && byArchitecture.isPresent()
            && (byType.get() == Family.LLAMA) != (byArchitecture.get() == Family.LLAMA);
    if (byType.isPresent() && !conflict) {
      return byType.get();
    }
    // Early ERNIE-4.5 exports carry the name of the older family; their architecture tells.
    boolean typeIsVague = modelType.isEmpty() || modelType.equals("ernie");
    if (typeIsVague && byArchitecture.isPresent()) {
      boolean experts = json.has("moe_num_experts") && json.integer("moe_num_experts") > 0;
      return byArchitecture.get() == Family.ERNIE4_5 && experts
          ? Family.ERNIE4_5_MOE
          : byArchitecture.get();
    }
    throw json.error(
        "model_type \"%s\" with architectures %s is not supported; supported: %s"
            .formatted(
                modelType,
                architectures,
                Arrays.stream(Family.values()).map(Family::modelType).toList()));
  }

  private int headDim(int hidden, int heads) {
    if (!json.has("head_dim") && hidden % heads != 0) {
      throw json.error(
          "head_dim is missing and hidden_size %d is no multiple of num_attention_heads %d"
              .formatted(hidden, heads));
    }
    int headDim = json.has("head_dim") ? json.positive("head_dim") : hidden / heads;
    if (headDim % 2 != 0) {
      throw json.error("head_dim %d is odd; rotary positions need pairs".formatted(headDim));
    }
    return headDim;
  }

  private double ropeTheta() {
    ConfigJson newer = json.object("rope_parameters");
    if (!newer.has("rope_theta")) {
      return json.positiveNumber("rope_theta");
    }
    double theta = newer.positiveNumber("rope_theta");
    if (json.has("rope_theta") && json.positiveNumber("rope_theta") != theta) {
      throw json.error(
          "rope_theta %s and rope_parameters.rope_theta %s differ; remove the wrong one"
              .formatted(json.node("rope_theta"), theta));
    }
    return theta;
  }

  private Optional<MoeConfig> moe(Family family, int hidden, int layers) {
    boolean experts = json.has("moe_num_experts") && json.integer("moe_num_experts") > 0;
    if (family != Family.ERNIE4_5_MOE) {
      if (experts) {
        throw json.error(
            "moe_num_experts %s in a %s model; expected model_type ernie4_5_moe"
                .formatted(json.node("moe_num_experts"), family.modelType()));
      }
      return Optional.empty();
    }
    if (json.has("use_moe") && json.flag("use_moe", true) != experts) {
      throw json.error(
          "use_moe %s contradicts moe_num_experts %s"
              .formatted(json.node("use_moe"), json.node("moe_num_experts")));
    }
    int count = json.positive("moe_num_experts");
    int topK = json.positive("moe_k");
    if (topK > count) {
      throw json.error("moe_k %d is more than moe_num_experts %d".formatted(topK, count));
    }
    int width = json.positive("moe_intermediate_size");
    int start = json.integer("moe_layer_start_index");
    // All implementations take the last layer where the key is absent.
    int end = json.integer("moe_layer_end_index", -1);
    MoeConfig moe =
        new MoeConfig(
            count,
            topK,
            width,
            sharedExperts(hidden, width),
            start,
            end == -1 ? layers - 1 : end,
            json.positive("moe_layer_interval"),
            json.has("moe_norm_min") ? json.positiveNumber("moe_norm_min") : 1e-12);
    boolean any = false;
    for (int layer = 0; layer < layers; layer++) {
      any |= moe.isMoe(layer);
    }
    if (!any || start < 0) {
      throw json.error(
          "moe_layer_start_index %d, moe_layer_end_index %d, moe_layer_interval %d leave no layer of %d with experts"
              .formatted(start, end, moe.interval(), layers));
    }
    return Optional.of(moe);
  }

  /** Configurations of models without shared experts may lack the key; the weights then tell. */
  private int sharedExperts(int hidden, int width) {
    if (json.has("moe_num_shared_experts") || facts.sharedElements().isEmpty()) {
      int shared = json.integer("moe_num_shared_experts");
      if (shared < 0) {
        throw json.error("moe_num_shared_experts: expected at least 0 but found " + shared);
      }
      return shared;
    }
    long elements = facts.sharedElements().getAsLong();
    long oneExpert = (long) hidden * width;
    if (elements % oneExpert != 0) {
      throw json.error(
          ("moe_num_shared_experts is missing and the stored shared experts (%d elements) are no "
                  + "multiple of hidden_size x moe_intermediate_size; add the key")
              .formatted(elements));
    }
    return Math.toIntExact(elements / oneExpert);
  }

  private int mtpLayers(Family family) {
    int count = json.integer("num_nextn_predict_layers", 0);
    if (count < 0 || (count > 0 && family == Family.LLAMA)) {
      throw json.error(
          "num_nextn_predict_layers: %d is not supported for %s"
              .formatted(count, family.modelType()));
    }
    return count;
  }
}
