package dev.quern.executor.engine;

/**
 * @param name short name (the folder's), as shown to users and clients
 * @param fingerprint identifies weights, tokenizer and template, for journal and result cache keys
 * @param contextTokens most tokens of prompt and answer together
 * @param chatTemplate whether the checkpoint has one
 * @param tokenizer whether the checkpoint has one; without it only token prompts run
 * @param tools whether the chat template reads {@code tools}; another one would leave them out
 * @param thinking whether the chat template knows {@code <think>} or {@code </think>}, so that
 *     answers may begin with reasoning
 */
public record ModelInfo(
    String name,
    String fingerprint,
    int contextTokens,
    boolean chatTemplate,
    boolean tokenizer,
    boolean tools,
    boolean thinking) {

  /** A model without tools and reasoning. */
  public ModelInfo(
      String name, String fingerprint, int contextTokens, boolean chatTemplate, boolean tokenizer) {
    this(name, fingerprint, contextTokens, chatTemplate, tokenizer, false, false);
  }
}
