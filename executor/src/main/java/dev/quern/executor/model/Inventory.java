package dev.quern.executor.model;

import dev.quern.executor.model.ExpectedTensor.Fusion;
import dev.quern.executor.model.ExpectedTensor.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tensors of a model, in the order of the forward pass, from its configuration. */
final class Inventory {
  private final ModelConfig config;
  private final List<ExpectedTensor> tensors = new ArrayList<>();

  private Inventory(ModelConfig config) {
    this.config = config;
  }

  static List<ExpectedTensor> of(ModelConfig config) {
    Inventory inventory = new Inventory(config);
    inventory.addModel();
    for (int k = 0; k < config.mtpLayers(); k++) {
      inventory.addMtp(k);
    }
    return List.copyOf(inventory.tensors);
  }

  private void addModel() {
    add("model.embed_tokens.weight", config.vocabSize(), config.hidden(), Role.EMBEDDING);
    for (int layer = 0; layer < config.layers(); layer++) {
      String prefix = "model.layers." + layer + ".";
      addAttention(prefix);
      if (config.isMoe(layer)) {
        addExperts(prefix + "mlp.", config.moe().orElseThrow());
      } else {
        addSwiGlu(prefix + "mlp.", config.intermediate());
      }
    }
    addNorm("model.norm.weight");
    if (!config.tiedHead()) {
      add("lm_head.weight", config.vocabSize(), config.hidden(), Role.HEAD);
    }
  }

  private void addMtp(int k) {
    addNorm("model.mtp_emb_norm." + k + ".weight");
    addNorm("model.mtp_hidden_norm." + k + ".weight");
    add(
        "model.mtp_linear_proj." + k + ".weight",
        config.hidden(),
        2 * config.hidden(),
        Role.LINEAR);
    addAttention("model.mtp_block." + k + ".");
    addSwiGlu("model.mtp_block." + k + ".mlp.", config.intermediate());
  }

  private void addAttention(String block) {
    int queries = config.heads() * config.headDim();
    int keys = config.kvHeads() * config.headDim();
    addNorm(block + "input_layernorm.weight");
    String prefix = block + "self_attn.";
    String fused = prefix + "qkv_proj.weight";
    int rows = queries + 2 * keys;
    addPart(prefix + "q_proj.weight", queries, new Fusion(fused, 0, rows));
    addPart(prefix + "k_proj.weight", keys, new Fusion(fused, queries, rows));
    addPart(prefix + "v_proj.weight", keys, new Fusion(fused, queries + keys, rows));
    add(prefix + "o_proj.weight", config.hidden(), queries, Role.LINEAR);
    addNorm(block + "post_attention_layernorm.weight");
  }

  private void addExperts(String prefix, MoeConfig moe) {
    add(prefix + "gate.weight", moe.experts(), config.hidden(), Role.ROUTER);
    add(prefix + "moe_statics.e_score_correction_bias", 1, moe.experts(), Role.CORRECTION_BIAS);
    for (int expert = 0; expert < moe.experts(); expert++) {
      addSwiGlu(prefix + "experts." + expert + ".", moe.intermediate());
    }
    if (moe.sharedExperts() > 0) {
      addSwiGlu(prefix + "shared_experts.", moe.sharedExperts() * moe.intermediate());
    }
  }

  private void addSwiGlu(String prefix, int width) {
    String fused = prefix + "up_gate_proj.weight";
    // The gate half comes first, whatever the name says.
    addPart(prefix + "gate_proj.weight", width, new Fusion(fused, 0, 2 * width));
    addPart(prefix + "up_proj.weight", width, new Fusion(fused, width, 2 * width));
    add(prefix + "down_proj.weight", config.hidden(), width, Role.LINEAR);
  }

  private void addPart(String name, int rows, Fusion fusion) {
    tensors.add(new ExpectedTensor(name, rows, config.hidden(), Role.LINEAR, Optional.of(fusion)));
  }

  private void addNorm(String name) {
    add(name, 1, config.hidden(), Role.NORM);
  }

  private void add(String name, int rows, int columns, Role role) {
    tensors.add(new ExpectedTensor(name, rows, columns, role, Optional.empty()));
  }
}
