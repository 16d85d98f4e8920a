package dev.quern.executor.device;

/**
 * Static scales of an int8 cache, one a channel: a number x is kept as q = round(x * 127 / scale),
 * clamped to [-127, 127], and read as q * scale / 127, each operation rounded to float32 (scheme
 * w4a8c8).
 *
 * @param keys [layer][kvHead][headDim]
 * @param values [layer][kvHead][headDim]
 */
public record KvScales(float[] keys, float[] values) {
  /** Checks the number of scales. */
  void requireChannels(int channels) {
    if (keys.length != channels || values.length != channels) {
      throw new IllegalArgumentException(
          "KV cache: expected "
              + channels
              + " scales of keys and of values (layers x KV heads x head_dim) but got "
              + keys.length
              + " and "
              + values.length);
    }
  }

  @Override
  public String toString() {
    return "KvScales[" + keys.length + " channels]";
  }
}
