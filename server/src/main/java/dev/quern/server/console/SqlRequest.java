package dev.quern.server.console;

import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.util.regex.Pattern;

/**
 * What the page asks to run or to explain.
 *
 * @param session a name that the page chose; its views and models belong to it
 * @param at a place in the text, in UTF-16 units: explained is the statement there
 */
record SqlRequest(String sql, String session, int at) {
  private static final Pattern SESSION = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** Longest text, in characters. */
  private static final int LONGEST = 1 << 20;

  /**
   * @throws ApiException 400 that names the field at fault
   */
  static SqlRequest read(byte[] body) throws ApiException {
    JsonFields fields = JsonFields.read(body);
    String sql = fields.text("sql");
    if (sql.length() > LONGEST) {
      throw ApiException.badRequest(
          "sql", "'sql' may have " + LONGEST + " characters but has " + sql.length());
    }
    String session = fields.text("session");
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
}
