package dev.quern.server.http;

import java.util.Map;
import java.util.Optional;

/**
 * One HTTP request, read whole.
 *
 * @param path without the query, percent escapes decoded
 * @param parameters values of the route's {@code {name}} segments
 * @param query the first value of each query parameter
 * @param headers the first value of each header, names in lower case
 * @param upload the file of the request's form, on routes that take one: their body is empty
 */
public record Request(
    String method,
    String path,
    Map<String, String> parameters,
    Map<String, String> query,
    Map<String, String> headers,
    byte[] body,
    Optional<Upload> upload,
    Caller caller) {
  public Request {
    parameters = Map.copyOf(parameters);
    query = Map.copyOf(query);
    headers = Map.copyOf(headers);
  }

  /** A header by its name in lower case. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  Request with(Map<String, String> segments, Caller who) {
    return new Request(method, path, segments, query, headers, body, upload, who);
  }

  Request with(byte[] whole) {
    return new Request(method, path, parameters, query, headers, whole, upload, caller);
  }

  Request with(Upload file) {
    return new Request(method, path, parameters, query, headers, body, Optional.of(file), caller);
  }
}
