package dev.quern.executor.cache;

/**
 * Chained content hash of blocks: model and layout of the cache, then the tokens of a block behind
 * those of all blocks in front of it. Equal content gives equal hashes; what is found under a hash
 * is still compared token by token.
 */
public final class ContentHash {
  private ContentHash() {}

  /** The hash in front of the first block: of model, scheme and element type, in words. */
  public static long root(String content) {
    long h = 0x632BE59BD9B4E019L;
    for (int i = 0; i < content.length(); i++) {
      h = mix(h, content.charAt(i));
    }
    return h;
  }

  /** The hash of the block that holds {@code count} tokens from {@code from} on. */
  public static long chain(long parent, int[] tokens, int from, int count) {
    long h = parent ^ 0x9E3779B97F4A7C15L;
    for (int i = from; i < from + count; i++) {
      h = mix(h, tokens[i]);
    }
    return h;
  }

  private static long mix(long hash, int value) {
    long h = (hash ^ value) * 0xBF58476D1CE4E5B9L;
    return h ^ h >>> 29;
  }
}
