package dev.quern.executor.model;

import dev.quern.executor.device.Rope;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The arithmetic of a decoder, from {@code config.json}.
 *
 * @param family model_type
 * @param intermediate width of dense feed-forward blocks
 * @param ropeStyle how the stored rows of q and k form rotary pairs
 * @param tiedHead whether the embedding is the head
 * @param moe empty for dense models
 * @param mtpLayers multi-token prediction layers in the checkpoint
 */
public record ModelConfig(
    Family family,
    int vocabSize,
    int hidden,
    int intermediate,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int maxPositions,
    float rmsEps,
    double ropeTheta,
    Rope.Style ropeStyle,
    boolean tiedHead,
    Optional<MoeConfig> moe,
    int mtpLayers) {

  /** Supported values of model_type. */
  public enum Family {
    ERNIE4_5("ernie4_5"),
    ERNIE4_5_MOE("ernie4_5_moe"),
    LLAMA("llama");

    private final String modelType;

    Family(String modelType) {
      this.modelType = modelType;
    }

    public String modelType() {
      return modelType;
    }
  }

  public Rope rope() {
    return new Rope(ropeStyle, headDim, ropeTheta);
  }

  /** Whether layer i has experts. */
  public boolean isMoe(int layer) {
    return moe.isPresent() && moe.get().isMoe(layer);
  }

  /** The same model with another number of prediction layers. */
  ModelConfig withMtpLayers(int count) {
    return new ModelConfig(
        family,
        vocabSize,
        hidden,
        intermediate,
        layers,
        heads,
        kvHeads,
        headDim,
        maxPositions,
        rmsEps,
        ropeTheta,
        ropeStyle,
        tiedHead,
        moe,
        count);
  }

  /** Whether any layer has a dense feed-forward block. */
  public boolean hasDense() {
    return IntStream.range(0, layers).anyMatch(i -> !isMoe(i));
  }
}
