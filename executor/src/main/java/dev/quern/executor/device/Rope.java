package dev.quern.executor.device;

/**
 * Rotary position embedding (RoFormer, arXiv 2104.09864) over the whole head, in float32, with
 * frequencies {@code theta^(-2j/headDim)}.
 *
 * @param style which elements form pair j
 */
public record Rope(Style style, int headDim, double theta) {
  /** Pairing of the rotated elements. */
  public enum Style {
    /** (2j, 2j+1): ERNIE-4.5. */
    INTERLEAVED,
    /** (j, j + headDim/2): Llama in the Hugging Face layout. */
    HALF_SPLIT
  }
}
