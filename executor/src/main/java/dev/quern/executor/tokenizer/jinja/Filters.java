package dev.quern.executor.tokenizer.jinja;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The filters; those of lists are in {@link ListFilters}. */
final class Filters {
  private static final Set<String> KNOWN =
      Set.of(
          "trim",
          "upper",
          "lower",
          "title",
          "capitalize",
          "replace",
          "indent",
          "format",
          "string",
          "safe",
          "int",
          "float",
          "abs",
          "round",
          "length",
          "count",
          "default",
          "d",
          "tojson",
          "join");

  private static final int MAX_INDENT = 64;

  private Filters() {}

  static boolean knows(String name) {
    return KNOWN.contains(name) || ListFilters.knows(name);
  }

  static Object apply(Object value, Arguments a) {
    if (ListFilters.knows(a.name())) {
      return ListFilters.apply(value, a);
    }
    return switch (a.name()) {
      case "trim" -> trim(value, a);
      case "upper" -> plain(value).toUpperCase(Locale.ROOT);
      case "lower" -> plain(value).toLowerCase(Locale.ROOT);
      case "title" -> Strings.title(plain(value));
      case "capitalize" -> Strings.capitalize(plain(value));
      case "replace" ->
          Strings.replace(
              plain(value),
              Values.string(a.allow(3, "count").need(0, "old")),
              Values.string(a.need(1, "new")),
              a.get(2, "count", null) == null ? -1 : Values.integer(a.get(2, "count", null)));
      case "indent" -> indent(plain(value), a.allow(3, "width", "first", "blank"));
      case "format" -> Strings.format(Values.string(value), new PyTuple(a.allow(100).positional()));
      case "string" -> value instanceof Content ? value : Values.text(value);
      case "safe" -> value;
      case "int" -> integer(value, a.allow(1, "default"));
      case "float" -> real(value, a.allow(1, "default"));
      case "abs" ->
          value instanceof Double d ? (Object) Math.abs(d) : Math.abs(Values.integer(value));
      case "round" -> round(value, a.allow(1, "precision"));
      case "length", "count" -> Values.length(value);
      case "default", "d" -> defaulted(value, a.allow(2, "default_value", "boolean"));
      case "tojson" -> Json.write(value, layout(a));
      case "join" -> joined(value, a.allow(2, "d", "attribute"));
      default -> throw JinjaException.of("filter '" + a.name() + "' is not supported");
    };
  }

  /** The text of a value on which a filter works. */
  private static String plain(Object value) {
    if (value instanceof Content) {
      throw Content.dependent();
    }
    return Values.text(value);
  }

  private static Object trim(Object value, Arguments a) {
    if (value instanceof Content content) {
      if (a.positional().isEmpty() && a.named().isEmpty()) {
        return content.trimmed();
      }
      throw Content.dependent();
    }
    return Strings.strip(Values.text(value), true, true, Methods.dropped(a));
  }

  private static String indent(String text, Arguments a) {
    Object width = a.get(0, "width", 4L);
    String margin = width instanceof String s ? s : Strings.repeat(" ", Values.integer(width));
    boolean first = Values.truth(a.get(1, "first", false));
    boolean blank = Values.truth(a.get(2, "blank", false));
    StringBuilder out = new StringBuilder();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      out.append(i > 0 ? "\n" : "");
      boolean indented = i == 0 ? first : blank || !lines[i].isEmpty();
      out.append(indented ? margin : "").append(lines[i]);
      if (out.length() > Strings.MAX_LENGTH) {
        throw Strings.tooLong();
      }
    }
    return out.toString();
  }

  private static Object integer(Object value, Arguments a) {
    Object otherwise = a.get(0, "default", 0L);
    return switch (value) {
      case Long n -> n;
      case Boolean b -> b ? 1L : 0L;
      case Double d -> (long) d.doubleValue();
      case String text -> {
        try {
          yield (long) Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
          yield otherwise;
        }
      }
      case Content _ -> throw Content.dependent();
      case null, default -> otherwise;
    };
  }

  private static Object real(Object value, Arguments a) {
    Object otherwise = a.get(0, "default", 0.0);
    return switch (value) {
      case Long n -> n.doubleValue();
      case Boolean b -> b ? 1.0 : 0.0;
      case Double d -> d;
      case String text -> {
        try {
          yield Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
          yield otherwise;
        }
      }
      case Content _ -> throw Content.dependent();
      case null, default -> otherwise;
    };
  }

  private static Object round(Object value, Arguments a) {
    long digits = Values.integer(a.get(0, "precision", 0L));
    if (!Values.isNumber(value) || digits < 0 || digits > 12) {
      throw JinjaException.of("round is supported for numbers with 0 to 12 digits");
    }
    double number = ((Number) real(value, Arguments.none("float"))).doubleValue();
    return new java.math.BigDecimal(number)
        .setScale((int) digits, java.math.RoundingMode.HALF_EVEN)
        .doubleValue();
  }

  private static Object defaulted(Object value, Arguments a) {
    boolean falsy = Values.truth(a.get(1, "boolean", false));
    boolean keep = falsy ? Values.truth(value) : !(value instanceof Undefined);
    return keep ? value : a.get(0, "default_value", "");
  }

  /** Arguments of tojson as transformers defines it, which is not Jinja's own filter. */
  private static Json.Layout layout(Arguments a) {
    a.allow(4, "ensure_ascii", "indent", "separators", "sort_keys");
    Optional<String> indent =
        switch (a.get(1, "indent", null)) {
          case null -> Optional.empty();
          case String text -> Optional.of(text);
          case Object width ->
              Optional.of(" ".repeat(Math.clamp(Values.integer(width), 0, MAX_INDENT)));
        };
    String item = indent.isPresent() ? "," : ", ";
    String key = ": ";
    Object separators = a.get(2, "separators", null);
    if (separators != null) {
      List<Object> both = Values.iterate(separators);
      if (both.size() != 2) {
        throw JinjaException.of("tojson takes two separators but got " + both.size());
      }
      item = Values.string(both.get(0));
      key = Values.string(both.get(1));
    }
    return new Json.Layout(
        Values.truth(a.get(0, "ensure_ascii", false)),
        indent,
        item,
        key,
        Values.truth(a.get(3, "sort_keys", false)));
  }

  private static Object joined(Object value, Arguments a) {
    List<Object> items = Values.iterate(value);
    Object attribute = a.get(1, "attribute", null);
    if (attribute != null) {
      items =
          ListFilters.apply(items, new Arguments("map", List.of(), Map.of("attribute", attribute)))
                  instanceof List<?> list
              ? List.copyOf(list)
              : items;
    }
    return join(items, Values.string(a.get(0, "d", "")));
  }

  static String join(List<Object> items, String separator) {
    StringBuilder out = new StringBuilder();
    boolean first = true;
    for (Object item : items) {
      if (item instanceof Content) {
        throw Content.dependent();
      }
      out.append(first ? "" : separator).append(Values.text(item));
      first = false;
      if (out.length() > Strings.MAX_LENGTH) {
        throw Strings.tooLong();
      }
    }
    return out.toString();
  }
}
