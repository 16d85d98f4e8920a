package dev.quern.planner;

import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.avatica.util.DateTimeUtils;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * A row's fields as one line of JSON, {@code {"name": "text", "name": 1}}, as Python's json.dumps
 * writes it without escapes for what is not ASCII.
 */
public final class JsonFields {
  private JsonFields() {}

  /**
   * The object of some fields.
   *
   * @param names names as JSON texts, by field
   * @param values values as JSON texts, by field
   * @param order the fields as they shall stand
   */
  public static String object(List<String> names, List<String> values, int[] order) {
    var json = new StringBuilder("{");
    for (int i = 0; i < order.length; i++) {
      json.append(i == 0 ? "" : ", ").append(names.get(order[i]));
      json.append(": ").append(values.get(order[i]));
    }
    return json.append('}').toString();
  }

  /**
   * A value as JSON: numbers and booleans plain, dates and times as ISO 8601 texts, NULL as null.
   *
   * @param value in Calcite's internal representation
   */
  public static String value(Object value, SqlTypeName type) {
    return switch (value) {
      case null -> "null";
      case Boolean bool -> bool.toString();
      case Double number when !Double.isFinite(number) -> text(number.toString());
      case Float number when !Float.isFinite(number) -> text(number.toString());
      case BigDecimal number -> number.toPlainString();
      case Number number ->
          switch (type) {
            case DATE -> text(DateTimeUtils.unixDateToString(number.intValue()));
            case TIME -> text(time(number.intValue()));
            case TIMESTAMP -> text(timestamp(number.longValue()));
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ ->
                text(timestamp(number.longValue()) + "Z");
            default -> number.toString();
          };
      case Object other -> text(other.toString());
    };
  }

  private static String timestamp(long millis) {
    long day = Math.floorDiv(millis, DateTimeUtils.MILLIS_PER_DAY);
    int time = (int) Math.floorMod(millis, DateTimeUtils.MILLIS_PER_DAY);
    return DateTimeUtils.unixDateToString((int) day) + "T" + time(time);
  }

  /** Milliseconds only where there are some. */
  private static String time(int millis) {
    return DateTimeUtils.unixTimeToString(millis, millis % 1000 == 0 ? 0 : 3);
  }

  /** A text in quotes. */
  public static String text(String text) {
    var json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        default -> {
          if (c < ' ') {
            json.append("\\u00").append(c < 16 ? "0" : "1").append(Integer.toHexString(c % 16));
          } else {
            json.append(c);
          }
        }
      }
    }
    return json.append('"').toString();
  }
}
