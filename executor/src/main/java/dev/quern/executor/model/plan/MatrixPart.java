package dev.quern.executor.model.plan;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parts of a model that quantization schemes treat alike. */
public enum MatrixPart {
  EMBEDDING,
  HEAD,
  NORM,
  ATTENTION,
  DENSE,
  SHARED,
  EXPERT,
  /** Routers and their correction bias. */
  ROUTER,
  MTP_PROJECTION,
  MTP_BLOCK;

  private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\..+");

  boolean isMtp() {
    return this == MTP_PROJECTION || this == MTP_BLOCK;
  }

  /** The part of a tensor by its canonical name. */
  public static MatrixPart of(String canonicalName) {
    if (canonicalName.endsWith("norm.weight") || canonicalName.contains("_norm.")) {
      return NORM;
    }
    return switch (canonicalName) {
      case String n when n.equals("model.embed_tokens.weight") -> EMBEDDING;
      case String n when n.equals("lm_head.weight") -> HEAD;
      case String n when n.startsWith("model.mtp_linear_proj.") -> MTP_PROJECTION;
      case String n when n.startsWith("model.mtp_block.") -> MTP_BLOCK;
      case String n when n.contains(".self_attn.") -> ATTENTION;
      case String n when n.contains(".mlp.experts.") -> EXPERT;
      case String n when n.contains(".mlp.shared_experts.") -> SHARED;
      case String n when n.contains(".mlp.gate.") || n.contains(".moe_statics.") -> ROUTER;
      case String n when n.contains(".mlp.") -> DENSE;
      default -> throw new IllegalArgumentException(canonicalName + " is no tensor of a model");
    };
  }

  /** The decoder layer of a tensor, -1 outside of them. */
  public static int layer(String canonicalName) {
    Matcher layer = LAYER.matcher(canonicalName);
    return layer.matches() ? Integer.parseInt(layer.group(1)) : -1;
  }
}
