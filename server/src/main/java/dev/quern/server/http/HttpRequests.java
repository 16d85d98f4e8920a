package dev.quern.server.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Requests as handlers see them. */
final class HttpRequests {
  private HttpRequests() {}

  /** A request whose body has not come yet. */
  static Request of(HttpServerRequest request) {
    var headers = new HashMap<String, String>();
    request
        .headers()
        .forEach((name, value) -> headers.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
    String path;
    var query = new HashMap<String, String>();
    try {
      var decoder = new QueryStringDecoder(request.uri());
      path = decoder.path();
      decoder.parameters().forEach((name, values) -> query.put(name, values.getFirst()));
    } catch (IllegalArgumentException e) {
      // A broken percent escape: no route has such a path.
      path = request.uri();
    }
    return new Request(
        request.method().name(),
        path,
        Map.of(),
        query,
        headers,
        new byte[0],
        Optional.empty(),
        Caller.ANYBODY);
  }
}
