package dev.quern.server.console;

import dev.quern.server.http.Reply;
import dev.quern.server.http.Request;
import dev.quern.server.http.Routes;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The console's own files, from the class path. They need no API key: the page asks for it. */
final class StaticFiles {
  private static final String INDEX = "index.html";
  private static final List<String> NAMES =
      List.of(
          INDEX,
          "icon.svg",
          "base.css",
          "console.css",
          "app.js",
          "api.js",
          "chat.js",
          "dom.js",
          "editor.js",
          "events.js",
          "grid.js",
          "history.js",
          "plan.js",
          "progress.js",
          "sql.js",
          "tabs.js",
          "theme.js",
          "tree.js");

  /**
   * Scripts, styles and connections of this server only. No text can become markup either: trusted
   * types are required, and no policy may make any.
   */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy", CONTENT_SECURITY_POLICY,
          "X-Content-Type-Options", "nosniff",
          "Referrer-Policy", "no-referrer",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Cache-Control", "no-cache");

  private StaticFiles() {}

  static void addTo(Routes.Builder routes) {
    for (String name : NAMES) {
      byte[] content = content(name);
      String tag = tag(content);
      String type = type(name);
      routes.addOpen(
          "GET",
          name.equals(INDEX) ? "/" : "/console/" + name,
          (request, reply) -> send(request, reply, type, content, tag));
    }
  }

  private static void send(Request request, Reply reply, String type, byte[] content, String tag)
      throws IOException, InterruptedException {
    for (var header : HEADERS.entrySet()) {
      reply.header(header.getKey(), header.getValue());
    }
    reply.header("ETag", tag);
    boolean known = request.header("if-none-match").filter(tag::equals).isPresent();
    reply.send(known ? 304 : 200, type, known ? new byte[0] : content);
  }

  private static byte[] content(String name) {
    try (InputStream in = StaticFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException("the console's file " + name + " is not in the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tag(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return '"' + HexFormat.of().formatHex(digest, 0, 16) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String type(String name) {
    return switch (name.substring(name.lastIndexOf('.'))) {
      case ".html" -> "text/html; charset=utf-8";
      case ".css" -> "text/css; charset=utf-8";
      case ".js" -> "text/javascript; charset=utf-8";
      case ".svg" -> "image/svg+xml";
      default -> throw new IllegalArgumentException(name + " has no known type");
    };
  }
}
