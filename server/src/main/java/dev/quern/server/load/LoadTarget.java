package dev.quern.server.load;

import java.net.URI;
import java.util.Optional;

/**
 * The server under load.
 *
 * @param url its root, such as {@code http://127.0.0.1:8000}, without {@code /v1}
 * @param key what it wants to see as API key
 */
public record LoadTarget(URI url, Optional<String> key) {
  URI chat() {
    String root = url.toString();
    return URI.create((root.endsWith("/") ? root : root + "/") + "v1/chat/completions");
  }
}
