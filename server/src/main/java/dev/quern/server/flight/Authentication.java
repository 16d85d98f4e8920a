package dev.quern.server.flight;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/** Who may call. */
@FunctionalInterface
public interface Authentication {
  /** Everyone, without a key. */
  Authentication NONE = key -> Optional.of(dev.quern.server.http.Caller.ANYBODY.name());

  /**
   * The name that a caller's sessions and limits go by; never the key itself.
   *
   * @param key that the caller sent, if any
   * @return empty where the caller may not call
   */
  Optional<String> principal(Optional<String> key);

  /** Callers must send one of these keys; without any key, all may call. */
  static Authentication ofKeys(List<String> keys) {
    if (keys.isEmpty()) {
      return NONE;
    }
    List<byte[]> known = keys.stream().map(k -> k.getBytes(StandardCharsets.UTF_8)).toList();
    return key -> key.flatMap(sent -> match(known, sent.getBytes(StandardCharsets.UTF_8)));
  }

  private static Optional<String> match(List<byte[]> known, byte[] sent) {
    Optional<String> principal = Optional.empty();
    for (int i = 0; i < known.size(); i++) {
      // Takes the same time wherever the first difference is.
      if (MessageDigest.isEqual(known.get(i), sent)) {
        principal = Optional.of("key " + (i + 1));
      }
    }
    return principal;
  }
}
