package dev.quern.server.http;

/**
 * Who asks: which of the server's API keys was sent.
 *
 * @param name a name for logs and limits; never the key itself
 */
public record Caller(String name) {
  /** Everybody, on a server without keys. */
  public static final Caller ANYBODY = new Caller("anybody");
}
