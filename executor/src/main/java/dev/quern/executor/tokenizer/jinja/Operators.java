package dev.quern.executor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;

/** Arithmetic as Python does it. */
final class Operators {
  private Operators() {}

  static Object apply(String operator, Object a, Object b) {
    if (operator.equals("~")) {
      return join(a, b);
    }
    if (operator.equals("+")) {
      return add(a, b);
    }
    if (operator.equals("*")) {
      if (a instanceof String text && b instanceof Long times) {
        return Strings.repeat(text, times);
      }
      if (a instanceof Long times && b instanceof String text) {
        return Strings.repeat(text, times);
      }
    }
    if (operator.equals("%") && a instanceof String pattern) {
      return Strings.format(pattern, b);
    }
    if (!Values.isNumber(a) || !Values.isNumber(b)) {
      throw unsupported(operator, a, b);
    }
    Object x = number(a);
    Object y = number(b);
    if (x instanceof Long m && y instanceof Long n && !operator.equals("/")) {
      return integers(operator, m, n);
    }
    return reals(operator, ((Number) x).doubleValue(), ((Number) y).doubleValue());
  }

  private static Object number(Object value) {
    return value instanceof Boolean b ? (Object) (b ? 1L : 0L) : value;
  }

  private static Object join(Object a, Object b) {
    String left = Values.text(a);
    String right = Values.text(b);
    if (left.length() + (long) right.length() > Strings.MAX_LENGTH) {
      throw Strings.tooLong();
    }
    boolean open = a instanceof Content || b instanceof Content;
    return open ? Content.value(left + right) : left + right;
  }

  private static Object add(Object a, Object b) {
    boolean texts =
        (a instanceof String || a instanceof Content)
            && (b instanceof String || b instanceof Content);
    if (texts) {
      return join(a, b);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      List<Object> both = new ArrayList<>(x);
      both.addAll(y);
      return both;
    }
    if (a instanceof PyTuple(var x) && b instanceof PyTuple(var y)) {
      List<Object> both = new ArrayList<>(x);
      both.addAll(y);
      return new PyTuple(both);
    }
    if (a instanceof Double || b instanceof Double) {
      if (Values.isNumber(a) && Values.isNumber(b)) {
        return ((Number) number(a)).doubleValue() + ((Number) number(b)).doubleValue();
      }
    } else if (Values.isNumber(a) && Values.isNumber(b)) {
      return integers("+", (Long) number(a), (Long) number(b));
    }
    throw unsupported("+", a, b);
  }

  private static Object integers(String operator, long a, long b) {
    try {
      return switch (operator) {
        case "+" -> Math.addExact(a, b);
        case "-" -> Math.subtractExact(a, b);
        case "*" -> Math.multiplyExact(a, b);
        case "//" -> Math.floorDiv(a, nonZero(b));
        case "%" -> remainder(a, b);
        case "**" -> power(a, b);
        default -> throw unsupported(operator, a, b);
      };
    } catch (ArithmeticException e) {
      throw JinjaException.of(a + " " + operator + " " + b + " does not fit 64 bits");
    }
  }

  private static Object power(long base, long exponent) {
    if (exponent < 0) {
      return Math.pow((double) base, (double) exponent);
    }
    long result = 1;
    // every step but those of 0, 1 and -1 at least doubles, so an overflow ends it soon
    for (long i = Math.abs(base) <= 1 ? Math.min(exponent, 2 - exponent % 2) : exponent;
        i > 0;
        i--) {
      result = Math.multiplyExact(result, base);
    }
    return result;
  }

  static long remainder(long a, long b) {
    return Math.floorMod(a, nonZero(b));
  }

  private static long nonZero(long b) {
    if (b == 0) {
      throw JinjaException.of("division by zero");
    }
    return b;
  }

  private static Object reals(String operator, double a, double b) {
    if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw JinjaException.of("division by zero");
    }
    return switch (operator) {
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - Math.floor(a / b) * b;
      case "**" -> Math.pow(a, b);
      default -> throw unsupported(operator, a, b);
    };
  }

  private static JinjaException unsupported(String operator, Object a, Object b) {
    return JinjaException.of(
        "'" + operator + "' is not supported between " + Values.type(a) + " and " + Values.type(b));
  }
}
