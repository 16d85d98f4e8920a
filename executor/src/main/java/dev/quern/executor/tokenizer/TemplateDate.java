package dev.quern.executor.tokenizer;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Dates as C's strftime writes them, in English. */
final class TemplateDate {
  private static final Map<String, String> PATTERNS =
      Map.ofEntries(
          Map.entry("d", "dd"),
          Map.entry("-d", "d"),
          Map.entry("m", "MM"),
          Map.entry("-m", "M"),
          Map.entry("b", "MMM"),
          Map.entry("B", "MMMM"),
          Map.entry("y", "yy"),
          Map.entry("Y", "yyyy"),
          Map.entry("a", "EEE"),
          Map.entry("A", "EEEE"),
          Map.entry("H", "HH"),
          Map.entry("I", "hh"),
          Map.entry("M", "mm"),
          Map.entry("S", "ss"),
          Map.entry("p", "a"),
          Map.entry("j", "DDD"),
          Map.entry("F", "yyyy-MM-dd"),
          Map.entry("T", "HH:mm:ss"));

  private TemplateDate() {}

  static String format(LocalDateTime time, List<Object> arguments) {
    if (arguments.size() != 1 || !(arguments.get(0) instanceof String format)) {
      throw new IllegalArgumentException("strftime_now takes one format");
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      if (format.charAt(i) != '%') {
        text.append(format.charAt(i));
        continue;
      }
      int end = format.startsWith("-", i + 1) ? i + 3 : i + 2;
      String conversion = format.substring(i + 1, Math.min(end, format.length()));
      String pattern = PATTERNS.get(conversion);
      if (conversion.equals("%")) {
        text.append('%');
      } else if (pattern == null) {
        throw new IllegalArgumentException("strftime_now: %" + conversion + " is not supported");
      } else {
        text.append(time.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH)));
      }
      i = end - 1;
    }
    return text.toString();
  }
}
