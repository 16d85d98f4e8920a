package dev.quern.executor.model.plan;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Equal devices that share a model, as {@code --devices NAME:COUNT} names them.
 *
 * @param name a known device, or its bytes
 * @param bytes memory of one
 */
public record DeviceGroup(String name, long bytes, int count) {
  /** Bytes that makers and operators give these names; decimal. */
  private static final Map<String, Long> KNOWN =
      new TreeMap<>(
          Map.of(
              "a800", 80_000_000_000L,
              "h800", 80_000_000_000L,
              "h20", 96_000_000_000L,
              "h20-141", 141_000_000_000L));

  /** Share of a device's memory that weights and KV cache may take; the rest is for activations. */
  static final double USABLE = 0.9;

  /** Below this a number is a slip of the keyboard, not a device. */
  private static final long LEAST_BYTES = 1_000_000;

  private static final Pattern FORM = Pattern.compile("([^:]+):(\\d{1,5})");

  public DeviceGroup {
    if (count < 1 || bytes < LEAST_BYTES) {
      throw new IllegalArgumentException(
          "--devices %s:%d: expected at least one device of at least %d bytes"
              .formatted(name, count, LEAST_BYTES));
    }
  }

  /**
   * Parses {@code h800:8} or {@code 24000000000:2}.
   *
   * @throws IllegalArgumentException that names what is allowed
   */
  public static DeviceGroup parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw unknown(text);
    }
    String name = matcher.group(1);
    int count = Integer.parseInt(matcher.group(2));
    if (name.matches("\\d{1,18}")) {
      return new DeviceGroup(name, Long.parseLong(name), count);
    }
    Long bytes = KNOWN.get(name);
    if (bytes == null) {
      throw unknown(text);
    }
    return new DeviceGroup(name, bytes, count);
  }

  private static IllegalArgumentException unknown(String text) {
    return new IllegalArgumentException(
        "--devices: expected NAME:COUNT with NAME one of %s or the bytes of one device, such as h800:8, but got \"%s\""
            .formatted(KNOWN.keySet(), text));
  }

  DeviceGroup withCount(int other) {
    return new DeviceGroup(name, bytes, other);
  }

  /** Bytes of one device that weights and KV cache may take. */
  long usableBytes() {
    return (long) (USABLE * bytes);
  }

  /** The least power of two of such devices that holds these bytes. */
  int leastCount(long residentBytes) {
    int least = 1;
    while (Math.multiplyExact((long) least, usableBytes()) < residentBytes) {
      least = Math.multiplyExact(least, 2);
    }
    return least;
  }

  @Override
  public String toString() {
    return name + ":" + count;
  }
}
