package dev.quern.server.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serial;
import java.util.Map;

/** An answer other than 200, in OpenAI's shape. */
public final class ApiException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final String parameter;
  private final String code;
  private final transient Map<String, String> headers;

  /**
   * @param parameter the field at fault; null where there is none
   * @param code a short name that programs can test; null where there is none
   */
  public ApiException(int status, String type, String message, String parameter, String code) {
    this(status, type, message, parameter, code, Map.of());
  }

  private ApiException(
      int status,
      String type,
      String message,
      String parameter,
      String code,
      Map<String, String> headers) {
    super(message);
    this.status = status;
    this.type = type;
    this.parameter = parameter;
    this.code = code;
    this.headers = headers;
  }

  /** 400: the request cannot be carried out as it is. */
  public static ApiException badRequest(String parameter, String message) {
    return new ApiException(400, "invalid_request_error", message, parameter, null);
  }

  /** 400: OpenAI has the field, and this server does not. */
  public static ApiException unsupported(String parameter, String remedy) {
    return new ApiException(
        400,
        "invalid_request_error",
        "'" + parameter + "' is not supported by this server; " + remedy,
        parameter,
        "unsupported_parameter");
  }

  /** The same with one header for the answer. */
  public ApiException withHeader(String name, String value) {
    return new ApiException(status, type, getMessage(), parameter, code, Map.of(name, value));
  }

  Map<String, String> headers() {
    return headers;
  }

  public int status() {
    return status;
  }

  public String type() {
    return type;
  }

  public String parameter() {
    return parameter;
  }

  public String code() {
    return code;
  }

  /** OpenAI's error object. */
  public ObjectNode json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putObject("error")
        .put("message", getMessage())
        .put("type", type)
        .put("param", parameter)
        .put("code", code);
    return root;
  }
}
