package dev.quern.connectors;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * Types of CSV columns. A value counts as a number only if the number keeps it whole: "007" and
 * integers beyond BIGINT are text.
 */
enum CsvType {
  BOOLEAN,
  BIGINT,
  DOUBLE,
  DATE,
  TIMESTAMP,
  VARCHAR;

  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]*)");
  private static final Pattern REAL =
      Pattern.compile("-?(0|[1-9][0-9]*)?(\\.[0-9]*)?([eE][+-]?[0-9]+)?");
  private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
  private static final Pattern TIME =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?");
  private static final Set<String> NOT_FINITE =
      Set.of("NaN", "Infinity", "-Infinity", "inf", "-inf");

  /** Takes out of a column's possible types those that a value has not. */
  static void narrow(Set<CsvType> possible, String value) {
    possible.removeIf(type -> !type.holds(value));
  }

  /** The type of a column whose values left these possible; without any value, text. */
  static CsvType of(Set<CsvType> possible) {
    return possible.equals(EnumSet.allOf(CsvType.class)) ? VARCHAR : possible.iterator().next();
  }

  private boolean holds(String value) {
    return switch (this) {
      case BOOLEAN -> value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false");
      case BIGINT -> isLong(value);
      case DOUBLE -> isLong(value) || isReal(value);
      case DATE -> DAY.matcher(value).matches() && isDay(value);
      case TIMESTAMP -> TIME.matcher(value).matches() && isTime(value);
      case VARCHAR -> true;
    };
  }

  ArrowType arrow() {
    return switch (this) {
      case BOOLEAN -> ArrowType.Bool.INSTANCE;
      case BIGINT -> new ArrowType.Int(64, true);
      case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case DATE -> new ArrowType.Date(DateUnit.DAY);
      case TIMESTAMP -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
      case VARCHAR -> ArrowType.Utf8.INSTANCE;
    };
  }

  static double parseDouble(String value) {
    return switch (value) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(value);
    };
  }

  /** Microseconds since 1970-01-01T00:00. */
  static long parseTime(String value) {
    LocalDateTime time = LocalDateTime.parse(value.replace(' ', 'T'));
    return time.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + time.get(ChronoField.MICRO_OF_SECOND);
  }

  private static boolean isLong(String value) {
    if (!INTEGER.matcher(value).matches() || value.length() > 20) {
      return false;
    }
    try {
      return Long.toString(Long.parseLong(value)).equals(value);
    } catch (NumberFormatException beyondBigint) {
      return false;
    }
  }

  private static boolean isReal(String value) {
    if (NOT_FINITE.contains(value)) {
      return true;
    }
    boolean marked = value.contains(".") || value.toLowerCase(Locale.ROOT).contains("e");
    return marked
        && REAL.matcher(value).matches()
        && value.chars().anyMatch(c -> c >= '0' && c <= '9')
        && !value.toLowerCase(Locale.ROOT).startsWith("e")
        && !Double.isInfinite(Double.parseDouble(value));
  }

  private static boolean isDay(String value) {
    try {
      LocalDate.parse(value);
      return true;
    } catch (DateTimeException noSuchDay) {
      return false;
    }
  }

  private static boolean isTime(String value) {
    try {
      parseTime(value);
      return true;
    } catch (DateTimeException noSuchTime) {
      return false;
    }
  }
}
