package dev.quern.server.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Which handler answers which method and path. */
public final class Routes {
  /**
   * @param open whether it answers without an API key
   * @param uploads where the files of its requests go, if they bring one
   */
  private record Route(
      String method,
      List<String> segments,
      boolean open,
      Optional<Uploads> uploads,
      Handler handler) {}

  /** A handler, the pattern of its path, and the values of the pattern's named segments. */
  record Match(
      Handler handler,
      String path,
      Map<String, String> parameters,
      boolean open,
      Optional<Uploads> uploads) {}

  private final List<Route> routes;

  private Routes(List<Route> routes) {
    this.routes = List.copyOf(routes);
  }

  /** Collects routes; of two that fit, the first added answers. */
  public static final class Builder {
    private final List<Route> routes = new ArrayList<>();

    /**
     * @param path such as {@code /v1/batches/{id}}; a segment in braces takes any value
     */
    public Builder add(String method, String path, Handler handler) {
      routes.add(new Route(method, segments(path), false, Optional.empty(), handler));
      return this;
    }

    /** The same for a route that needs no API key. */
    public Builder addOpen(String method, String path, Handler handler) {
      routes.add(new Route(method, segments(path), true, Optional.empty(), handler));
      return this;
    }

    /** The same for a route whose requests bring a file in a multipart form. */
    public Builder addUpload(String method, String path, Uploads uploads, Handler handler) {
      routes.add(new Route(method, segments(path), false, Optional.of(uploads), handler));
      return this;
    }

    public Routes build() {
      return new Routes(routes);
    }
  }

  /**
   * @throws ApiException 404 for a path that nobody serves, 405 for a method that it does not take
   */
  Match match(String method, String path) throws ApiException {
    List<String> segments = segments(path);
    var methods = new TreeSet<String>();
    for (Route route : routes) {
      var parameters = new HashMap<String, String>();
      if (fits(route.segments(), segments, parameters)) {
        // HEAD is GET without its body.
        if (route.method().equals(method)
            || (method.equals("HEAD") && route.method().equals("GET"))) {
          return new Match(
              route.handler(),
              String.join("/", route.segments()),
              parameters,
              route.open(),
              route.uploads());
        }
        methods.add(route.method());
      }
    }
    if (methods.isEmpty()) {
      throw new ApiException(
          404, "invalid_request_error", "there is no " + path + " here", null, "unknown_url");
    }
    throw new ApiException(
            405,
            "invalid_request_error",
            path + " takes " + String.join(", ", methods) + ", not " + method,
            null,
            "method_not_allowed")
        .withHeader("Allow", String.join(", ", methods));
  }

  private static List<String> segments(String path) {
    return List.of(path.split("/", -1));
  }

  private static boolean fits(
      List<String> pattern, List<String> path, Map<String, String> parameters) {
    if (pattern.size() != path.size()) {
      return false;
    }
    for (int i = 0; i < pattern.size(); i++) {
      String expected = pattern.get(i);
      if (expected.startsWith("{")) {
        parameters.put(expected.substring(1, expected.length() - 1), path.get(i));
      } else if (!expected.equals(path.get(i))) {
        return false;
      }
    }
    return true;
  }
}
