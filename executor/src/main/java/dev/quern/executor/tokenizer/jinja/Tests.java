package dev.quern.executor.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tests behind {@code is}. */
final class Tests {
  private static final Set<String> KNOWN =
      Set.of(
          "defined",
          "undefined",
          "none",
          "string",
          "number",
          "integer",
          "float",
          "boolean",
          "mapping",
          "iterable",
          "sequence",
          "callable",
          "true",
          "false",
          "sameas",
          "eq",
          "equalto",
          "==",
          "ne",
          "!=",
          "lt",
          "lessthan",
          "gt",
          "greaterthan",
          "le",
          "ge",
          "in",
          "divisibleby",
          "even",
          "odd",
          "lower",
          "upper");

  private Tests() {}

  static boolean knows(String name) {
    return KNOWN.contains(name);
  }

  static boolean test(Object value, Arguments a) {
    return switch (a.name()) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == null;
      case "string" -> value instanceof String || value instanceof Content;
      case "number" -> Values.isNumber(value);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "mapping" -> value instanceof Map<?, ?>;
      case "iterable" -> isSequence(value) || value instanceof Undefined;
      case "sequence" -> isSequence(value) || value instanceof Undefined;
      case "callable" -> value instanceof Function;
      case "true" -> value instanceof Boolean b && b;
      case "false" -> value instanceof Boolean b && !b;
      case "sameas" -> same(value, operand(a));
      case "eq", "equalto", "==" -> Values.equal(value, operand(a));
      case "ne", "!=" -> !Values.equal(value, operand(a));
      case "lt", "lessthan" -> Values.compare(value, operand(a)) < 0;
      case "gt", "greaterthan" -> Values.compare(value, operand(a)) > 0;
      case "le" -> Values.compare(value, operand(a)) <= 0;
      case "ge" -> Values.compare(value, operand(a)) >= 0;
      case "in" -> Values.contains(operand(a), value);
      case "divisibleby" ->
          Operators.remainder(Values.integer(value), Values.integer(operand(a))) == 0;
      case "even" -> Math.floorMod(Values.integer(value), 2L) == 0;
      case "odd" -> Math.floorMod(Values.integer(value), 2L) == 1;
      case "lower" -> (boolean) call(value, "islower");
      case "upper" -> (boolean) call(value, "isupper");
      default -> throw JinjaException.of("test '" + a.name() + "' is not supported");
    };
  }

  private static Object operand(Arguments a) {
    return a.allow(1).need(0, "other");
  }

  private static Object call(Object value, String method) {
    return Methods.find(Values.string(value), method).orElseThrow().call(List.of(), Map.of());
  }

  private static boolean isSequence(Object value) {
    return value instanceof String
        || value instanceof Content
        || value instanceof List<?>
        || value instanceof PyTuple
        || value instanceof Map<?, ?>;
  }

  private static boolean same(Object a, Object b) {
    if (a instanceof Boolean || b instanceof Boolean || a == null || b == null) {
      return java.util.Objects.equals(a, b);
    }
    throw JinjaException.of("'sameas' is supported for true, false and none only");
  }
}
