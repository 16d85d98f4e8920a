package dev.quern.executor.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of tensors in GGUF files (llama.cpp's gguf-py, tensor_mapping.py). */
final class GgufNames {
  /** Names outside of layers. */
  private static final Map<String, String> MODEL =
      Map.of(
          "model.embed_tokens.weight", "token_embd.weight",
          "model.norm.weight", "output_norm.weight",
          "lm_head.weight", "output.weight");

  private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)");
  private static final Pattern EXPERT = Pattern.compile("mlp\\.experts\\.(\\d+)\\.(.+)");
  private static final Map<String, String> IN_LAYER = layerNames();

  private GgufNames() {}

  /**
   * Where a canonical tensor stands.
   *
   * @param expert its number where experts stand merged in one tensor
   */
  record Place(String tensor, OptionalInt expert) {}

  private static Map<String, String> layerNames() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("input_layernorm.weight", "attn_norm.weight");
    names.put("post_attention_layernorm.weight", "ffn_norm.weight");
    names.put("self_attn.q_proj.weight", "attn_q.weight");
    names.put("self_attn.k_proj.weight", "attn_k.weight");
    names.put("self_attn.v_proj.weight", "attn_v.weight");
    names.put("self_attn.o_proj.weight", "attn_output.weight");
    names.put("mlp.gate.weight", "ffn_gate_inp.weight");
    names.put("mlp.moe_statics.e_score_correction_bias", "exp_probs_b.bias");
    for (String part : new String[] {"gate", "up", "down"}) {
      names.put("mlp." + part + "_proj.weight", "ffn_" + part + ".weight");
      names.put("mlp.shared_experts." + part + "_proj.weight", "ffn_" + part + "_shexp.weight");
      names.put("mlp.experts." + part + "_proj.weight", "ffn_" + part + "_exps.weight");
    }
    return Map.copyOf(names);
  }

  /** The place of a tensor of the inventory. */
  static Place place(String canonical) {
    Matcher layer = LAYER.matcher(canonical);
    if (!layer.matches()) {
      return new Place(known(MODEL, canonical), OptionalInt.empty());
    }
    String block = "blk." + layer.group(1) + ".";
    Matcher expert = EXPERT.matcher(layer.group(2));
    return expert.matches()
        ? new Place(
            block + known(IN_LAYER, "mlp.experts." + expert.group(2)),
            OptionalInt.of(Integer.parseInt(expert.group(1))))
        : new Place(block + known(IN_LAYER, layer.group(2)), OptionalInt.empty());
  }

  private static String known(Map<String, String> names, String canonical) {
    String name = names.get(canonical);
    if (name == null) {
      throw new IllegalArgumentException(canonical + " has no name in GGUF files");
    }
    return name;
  }
}
