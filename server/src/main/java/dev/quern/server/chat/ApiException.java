package dev.quern.server.chat;

import java.io.Serial;

/** An answer other than 200, in OpenAI's shape. */
final class ApiException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final String parameter;
  private final String code;

  /**
   * @param parameter the field at fault; null where there is none
   * @param code a short name that programs can test; null where there is none
   */
  ApiException(int status, String type, String message, String parameter, String code) {
    super(message);
    this.status = status;
    this.type = type;
    this.parameter = parameter;
    this.code = code;
  }

  /** 400: the request cannot be carried out as it is. */
  static ApiException badRequest(String parameter, String message) {
    return new ApiException(400, "invalid_request_error", message, parameter, null);
  }

  /** 400: OpenAI has the field, and this server does not. */
  static ApiException unsupported(String parameter, String remedy) {
    return new ApiException(
        400,
        "invalid_request_error",
        "'" + parameter + "' is not supported by this server; " + remedy,
        parameter,
        "unsupported_parameter");
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  String parameter() {
    return parameter;
  }

  String code() {
    return code;
  }
}
