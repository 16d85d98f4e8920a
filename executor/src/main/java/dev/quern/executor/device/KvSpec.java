package dev.quern.executor.device;

import java.util.Optional;

/**
 * Shape of a paged KV cache. A block holds {@code blockSize} tokens of keys and values of every
 * layer.
 *
 * @param type F32, F16, BF16, or INT8
 * @param scales static scales of INT8; without them each token and KV head has its own, kept beside
 *     the block
 */
public record KvSpec(
    int layers,
    int kvHeads,
    int headDim,
    int blocks,
    int blockSize,
    ElementType type,
    Optional<KvScales> scales) {
  public KvSpec(int layers, int kvHeads, int headDim, int blocks, int blockSize, ElementType type) {
    this(layers, kvHeads, headDim, blocks, blockSize, type, Optional.empty());
  }

  public KvSpec {
    if (layers < 1 || kvHeads < 1 || headDim < 2 || blocks < 1 || blockSize < 1) {
      throw new IllegalArgumentException(
          "KV cache: layers "
              + layers
              + ", KV heads "
              + kvHeads
              + ", head_dim "
              + headDim
              + ", blocks "
              + blocks
              + ", block size "
              + blockSize
              + " must all be positive");
    }
    if (scales.isPresent()) {
      if (type != ElementType.INT8) {
        throw new IllegalArgumentException("KV cache: static scales are for INT8, not " + type);
      }
      scales.get().requireChannels(layers * kvHeads * headDim);
    }
  }

  /** Whether each token and KV head has a scale of its own. */
  public boolean slotScales() {
    return type == ElementType.INT8 && scales.isEmpty();
  }

  /** Where the scales stand in a plane in exported form: see {@link Device#exportBlocks}. */
  public long exportedScaleOffset() {
    return ((long) headDim * blockSize * type.bytes() + 3) / 4 * 4;
  }

  /** Bytes of a plane in exported form: keys or values of one block, layer and KV head. */
  public long exportedPlaneBytes() {
    return slotScales()
        ? exportedScaleOffset() + 4L * blockSize
        : (long) headDim * blockSize * type.bytes();
  }

  /** Bytes of one block in exported form, of this many layers. */
  public long exportedBlockBytes(int ofLayers) {
    return 2L * ofLayers * kvHeads * exportedPlaneBytes();
  }

  /** Bytes of one token's keys and values over all layers. */
  public long bytesPerToken() {
    long scales = type == ElementType.INT8 ? 4L : 0L;
    return 2L * layers * kvHeads * ((long) headDim * type.bytes() + scales);
  }
}
