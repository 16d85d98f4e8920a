package dev.quern.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Keys that clients must send as {@code Authorization: Bearer KEY}; none means that all may ask.
 */
public record ApiKeys(List<String> keys) {
  public static final ApiKeys NONE = new ApiKeys(List.of());

  public ApiKeys {
    keys = List.copyOf(keys);
  }

  /**
   * @param authorization the header's value, or null
   * @throws ApiException 401
   */
  public Caller check(String authorization) throws ApiException {
    if (keys.isEmpty()) {
      return Caller.ANYBODY;
    }
    String bearer = "Bearer ";
    if (authorization == null
        || !authorization.regionMatches(true, 0, bearer, 0, bearer.length())) {
      throw refused("this server needs an API key: send Authorization: Bearer KEY");
    }
    return caller(authorization.substring(bearer.length()).strip())
        .orElseThrow(() -> refused("the API key is not known to this server"));
  }

  /**
   * Who sends this key; empty for one that is not known. Where none is asked for, any is anybody's.
   */
  public Optional<Caller> caller(String key) {
    if (keys.isEmpty()) {
      return Optional.of(Caller.ANYBODY);
    }
    byte[] sent = key.getBytes(StandardCharsets.UTF_8);
    int known = -1;
    for (int i = 0; i < keys.size(); i++) {
      // Takes the same time wherever the first difference is.
      if (MessageDigest.isEqual(keys.get(i).getBytes(StandardCharsets.UTF_8), sent)) {
        known = i;
      }
    }
    return known < 0
        ? Optional.empty()
        : Optional.of(new Caller("key " + (known + 1), owner(sent)));
  }

  private static String owner(byte[] key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static ApiException refused(String message) {
    return new ApiException(401, "invalid_request_error", message, null, "invalid_api_key");
  }

  /** Never the keys themselves: records are printed in logs. */
  @Override
  public String toString() {
    return "ApiKeys[" + keys.size() + "]";
  }
}
