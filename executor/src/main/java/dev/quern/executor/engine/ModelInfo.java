package dev.quern.executor.engine;

/**
 * @param name short name (the folder's), as shown to users and clients
 * @param fingerprint identifies weights, tokenizer and template, for journal and result cache keys
 * @param contextTokens most tokens of prompt and answer together
 * @param chatTemplate whether the checkpoint has one
 * @param tokenizer whether the checkpoint has one; without it only token prompts run
 */
public record ModelInfo(
    String name, String fingerprint, int contextTokens, boolean chatTemplate, boolean tokenizer) {}
