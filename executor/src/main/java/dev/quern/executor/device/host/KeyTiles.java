package dev.quern.executor.device.host;

/** The fixed reduction order of attention. */
public final class KeyTiles {
  /**
   * Keys of one tile, counted by absolute position; tiles are merged in ascending order, so that
   * the bits of a row do not depend on chunking, block size or sharing.
   */
  public static final int KEYS = 32;

  private KeyTiles() {}
}
