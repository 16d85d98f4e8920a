package dev.quern.server.chat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * Keys that clients must send as {@code Authorization: Bearer KEY}; none means that all may ask.
 */
public record ApiKeys(List<String> keys) {
  public static final ApiKeys NONE = new ApiKeys(List.of());

  public ApiKeys {
    keys = List.copyOf(keys);
  }

  void check(String authorization) throws ApiException {
    if (keys.isEmpty()) {
      return;
    }
    String bearer = "Bearer ";
    if (authorization == null || !authorization.startsWith(bearer)) {
      throw refused("this server needs an API key: send Authorization: Bearer KEY");
    }
    byte[] sent = authorization.substring(bearer.length()).strip().getBytes(StandardCharsets.UTF_8);
    boolean known = false;
    for (String key : keys) {
      // Takes the same time wherever the first difference is.
      known |= MessageDigest.isEqual(key.getBytes(StandardCharsets.UTF_8), sent);
    }
    if (!known) {
      throw refused("the API key is not known to this server");
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
