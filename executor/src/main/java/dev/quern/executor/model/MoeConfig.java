package dev.quern.executor.model;

/**
 * The mixture-of-experts part of a configuration (names without the {@code moe_} prefix of {@code
 * config.json}).
 *
 * @param sharedExperts number of shared experts; together one ungated SwiGLU of width sharedExperts
 *     x intermediate
 * @param endIndex last MoE layer, inclusive
 */
public record MoeConfig(
    int experts,
    int topK,
    int intermediate,
    int sharedExperts,
    int startIndex,
    int endIndex,
    int interval,
    double normMin) {

  /** Whether layer i routes to experts: {@code (i+1) % interval == 0 and start <= i <= end}. */
  public boolean isMoe(int layer) {
    return (layer + 1) % interval == 0 && layer >= startIndex && layer <= endIndex;
  }
}
