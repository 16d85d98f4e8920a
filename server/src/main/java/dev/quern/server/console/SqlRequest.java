package dev.quern.server.console;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * What the page asks to run or to explain.
 *
 * @param session a name that the page chose; its views and models belong to it
 * @param at a place in the text, in UTF-16 units: explained is the statement there
 */
record SqlRequest(String sql, String session, int at) {
  private static final Pattern SESSION = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  /**
   * @throws ApiException 400 that names the field at fault
   */
  static SqlRequest read(byte[] body) throws ApiException {
    var fields = new JsonFields(object(body));
    String sql = text(fields, "sql");
    String session = text(fields, "session");
    if (!SESSION.matcher(session).matches()) {
      throw ApiException.badRequest(
          "session", "'session' must be 1 to 64 letters, digits, '-' or '_'");
    }
    int at = (int) fields.whole("at", sql.length(), 0, sql.length());
    if (!fields.unknown().isEmpty()) {
      String name = fields.unknown().getFirst();
      throw ApiException.badRequest(name, "unknown field '" + name + "'");
    }
    return new SqlRequest(sql, session, at);
  }

  private static ObjectNode object(byte[] body) throws ApiException {
    try {
      if (JSON.readTree(body) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      throw ApiException.badRequest(null, "the body is no JSON: " + reason(e));
    }
    throw ApiException.badRequest(null, "the body must be one JSON object");
  }

  private static String reason(IOException e) {
    return e instanceof com.fasterxml.jackson.core.JsonProcessingException json
        ? json.getOriginalMessage()
        : e.getMessage();
  }

  private static String text(JsonFields fields, String name) throws ApiException {
    JsonNode value = fields.get(name);
    if (value == null || !value.isTextual()) {
      throw ApiException.badRequest(name, "'" + name + "' must be a string");
    }
    return value.textValue();
  }
}
