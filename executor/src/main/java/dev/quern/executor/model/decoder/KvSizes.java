package dev.quern.executor.model.decoder;

import dev.quern.executor.device.ElementType;

/** Size of the paged KV cache of a decoder. */
public record KvSizes(int blocks, int blockSize, ElementType type) {}
