package dev.quern.server.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps web pages of other sites out: a browser lets any page post to an address of its own
 * machine. Clients that are no browsers send no Origin. Where keys are asked for nothing is
 * checked: a page has no key, and a server behind a proxy has other names.
 *
 * @param keys whether clients must send a key
 * @param loopback whether the endpoint listens on this machine only: then it answers to names of
 *     this machine only, so that no foreign name can be pointed at it (DNS rebinding)
 */
record Origins(boolean keys, boolean loopback) {
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  void check(Request request) throws ApiException {
    if (keys) {
      return;
    }
    Optional<String> host = request.header("host");
    if (loopback
        && host.isPresent()
        && !THIS_MACHINE.contains(withoutPort(host.get()).toLowerCase(Locale.ROOT))) {
      throw refused(
          "this server answers to localhost only, not to '"
              + host.get()
              + "'; have a proxy send Host: localhost, or start it with --api-key-file");
    }
    Optional<String> origin = request.header("origin");
    if (origin.isPresent() && !authority(origin.get()).equalsIgnoreCase(host.orElse(""))) {
      throw refused("pages of " + origin.get() + " may not use this server");
    }
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  private static String authority(String origin) {
    try {
      String authority = new URI(origin).getAuthority();
      return authority == null ? "" : authority;
    } catch (URISyntaxException e) {
      return "";
    }
  }

  private static ApiException refused(String message) {
    return new ApiException(403, "invalid_request_error", message, null, "origin_not_allowed");
  }
}
