package dev.quern.executor.cache;

/** A device copy that must run before the next step: the first {@code tokens} tokens of a block. */
public record BlockCopy(int from, int to, int tokens) {}
