package dev.quern.server.http;

/**
 * Who asks: which of the server's API keys was sent.
 *
 * @param name a name for logs and limits; never the key itself
 * @param owner whose files and jobs are the caller's: a digest of the key, so that it stays when
 *     the file of keys changes its order
 */
public record Caller(String name, String owner) {
  /** Everybody, on a server without keys. */
  public static final Caller ANYBODY = new Caller("anybody", "anybody");
}
