package dev.quern.executor.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Python's view of values: truth, equality, order, text. */
final class Values {
  private Values() {}

  static boolean truth(Object value) {
    return switch (value) {
      case null -> false;
      case Undefined _ -> false;
      case Boolean b -> b;
      case Long n -> n != 0;
      case Double d -> d != 0;
      case String s -> !s.isEmpty();
      case List<?> list -> !list.isEmpty();
      case PyTuple(var items) -> !items.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      case Content content -> {
        if (content.pieces().stream().anyMatch(String.class::isInstance)) {
          yield true;
        }
        throw Content.dependent();
      }
      default -> true;
    };
  }

  static boolean equal(Object a, Object b) {
    if (a instanceof Content || b instanceof Content) {
      throw Content.dependent();
    }
    if (a instanceof Undefined || b instanceof Undefined) {
      return a instanceof Undefined && b instanceof Undefined;
    }
    if (isNumber(a) && isNumber(b)) {
      return compareNumbers(a, b) == 0;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return equalItems(x, y);
    }
    if (a instanceof PyTuple(var x) && b instanceof PyTuple(var y)) {
      return equalItems(x, y);
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.size() == y.size()
          && x.entrySet().stream()
              .allMatch(e -> y.containsKey(e.getKey()) && equal(e.getValue(), y.get(e.getKey())));
    }
    return a == null ? b == null : a.equals(b);
  }

  private static boolean equalItems(List<?> x, List<?> y) {
    if (x.size() != y.size()) {
      return false;
    }
    for (int i = 0; i < x.size(); i++) {
      if (!equal(x.get(i), y.get(i))) {
        return false;
      }
    }
    return true;
  }

  static int compare(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return compareNumbers(a, b);
    }
    if (a instanceof String x && b instanceof String y) {
      return Arrays.compare(x.codePoints().toArray(), y.codePoints().toArray());
    }
    throw JinjaException.of("'<' is not supported between " + type(a) + " and " + type(b));
  }

  private static int compareNumbers(Object a, Object b) {
    Object x = a instanceof Boolean p ? (p ? 1L : 0L) : a;
    Object y = b instanceof Boolean q ? (q ? 1L : 0L) : b;
    if (x instanceof Long m && y instanceof Long n) {
      return Long.compare(m, n);
    }
    return Double.compare(((Number) x).doubleValue(), ((Number) y).doubleValue());
  }

  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  static boolean contains(Object container, Object item) {
    if (item instanceof Content) {
      throw Content.dependent();
    }
    return switch (container) {
      case String text -> {
        if (item instanceof String part) {
          yield text.contains(part);
        }
        throw JinjaException.of("'in <string>' needs a string but got " + type(item));
      }
      case Map<?, ?> map -> map.containsKey(key(item));
      default -> iterate(container).stream().anyMatch(each -> equal(each, item));
    };
  }

  /** A value as a key of a dictionary. */
  static Object key(Object value) {
    return switch (value) {
      case Content _ -> throw Content.dependent();
      case List<?> _ -> throw JinjaException.of("a list cannot be a key");
      case Map<?, ?> _ -> throw JinjaException.of("a dict cannot be a key");
      case null, default -> value;
    };
  }

  static List<Object> iterate(Object value) {
    return switch (value) {
      case List<?> list -> new ArrayList<>(list);
      case PyTuple(var items) -> items;
      case Map<?, ?> map -> new ArrayList<>(map.keySet());
      case String text -> {
        List<Object> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(c -> characters.add(Character.toString(c)));
        yield characters;
      }
      case Undefined _ -> List.of();
      case Content _ -> throw Content.dependent();
      case null, default -> throw JinjaException.of(type(value) + " cannot be iterated");
    };
  }

  static long length(Object value) {
    return switch (value) {
      case String text -> text.codePointCount(0, text.length());
      case null -> throw JinjaException.of("none has no length");
      default -> iterate(value).size();
    };
  }

  /** The argument of an operation on text. */
  static String string(Object value) {
    return switch (value) {
      case String text -> text;
      case Content _ -> throw Content.dependent();
      case null, default -> throw JinjaException.of("expected a string but got " + type(value));
    };
  }

  static long integer(Object value) {
    return switch (value) {
      case Long n -> n;
      case Boolean b -> b ? 1 : 0;
      case null, default -> throw JinjaException.of("expected an integer but got " + type(value));
    };
  }

  /** {@code str(value)}; a content stays encoded. */
  static String text(Object value) {
    return switch (value) {
      case String text -> text;
      case Content content -> content.encode();
      case Undefined _ -> "";
      case null, default -> repr(value);
    };
  }

  /** {@code repr(value)}. */
  static String repr(Object value) {
    return switch (value) {
      case null -> "None";
      case Boolean b -> b ? "True" : "False";
      case Long n -> n.toString();
      case BigInteger n -> n.toString();
      case Double d -> real(d);
      case String text -> quoted(text);
      case List<?> list -> "[" + joined(list) + "]";
      case PyTuple(var items) -> "(" + joined(items) + (items.size() == 1 ? ",)" : ")");
      case Map<?, ?> map -> {
        StringBuilder text = new StringBuilder("{");
        map.forEach((k, v) ->
            text.append(text.length() > 1 ? ", " : "")
                .append(repr(k))
                .append(": ")
                .append(repr(v)));
        yield text.append('}').toString();
      }
      case Undefined _ -> "Undefined";
      case Content _ -> throw Content.dependent();
      default -> throw JinjaException.of(type(value) + " cannot be printed");
    };
  }

  private static String joined(List<?> items) {
    StringBuilder text = new StringBuilder();
    for (Object item : items) {
      text.append(text.isEmpty() ? "" : ", ").append(repr(item));
    }
    return text.toString();
  }

  /** A float as Python prints it. */
  static String real(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e16)) {
      String[] parts = Double.toString(value).split("E");
      String digits =
          parts[0].endsWith(".0") ? parts[0].substring(0, parts[0].length() - 2) : parts[0];
      int exponent = Integer.parseInt(parts[1]);
      return "%se%s%02d".formatted(digits, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    String plain = new BigDecimal(Double.toString(value)).toPlainString();
    return plain.contains(".") ? plain : plain + ".0";
  }

  /** Whether repr leaves a character as it is; a mark is a caller's, who must find it again. */
  private static boolean isPrinted(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.UNASSIGNED -> Strings.isMark(c);
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  private static String quoted(String text) {
    char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
    StringBuilder out = new StringBuilder().append(quote);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\\' -> out.append("\\\\");
            default -> {
              if (c == quote) {
                out.append('\\').append(quote);
              } else if (isPrinted(c)) {
                out.appendCodePoint(c);
              } else {
                String form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
                out.append(form.formatted(c));
              }
            }
          }
        });
    return out.append(quote).toString();
  }

  static String type(Object value) {
    return switch (value) {
      case null -> "none";
      case Undefined(var name) -> "undefined '" + name + "'";
      case Boolean _ -> "a bool";
      case Long _ -> "an int";
      case Double _ -> "a float";
      case String _ -> "a string";
      case List<?> _ -> "a list";
      case PyTuple _ -> "a tuple";
      case Map<?, ?> _ -> "a dict";
      case Content _ -> "a message's content";
      default -> "a " + value.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    };
  }
}
