package dev.quern.executor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values of expressions, within a budget of steps. */
final class Evaluator {
  /** Enough for thousands of messages; a template that loops for ever ends here. */
  private static final long MAX_STEPS = 20_000_000;

  private long steps;

  void step() {
    if (++steps > MAX_STEPS) {
      throw JinjaException.of("the template takes more than " + MAX_STEPS + " steps");
    }
  }

  Object value(Expr expression, Scope scope) {
    step();
    return switch (expression) {
      case Expr.Literal(var value) -> value;
      case Expr.Name(var name) -> scope.get(name);
      case Expr.Sequence(var items, var tuple) -> {
        List<Object> values = values(items, scope);
        yield tuple ? new PyTuple(values) : values;
      }
      case Expr.Dict(var entries) -> {
        Map<Object, Object> dict = new LinkedHashMap<>();
        for (Map.Entry<Expr, Expr> entry : entries) {
          dict.put(Values.key(value(entry.getKey(), scope)), value(entry.getValue(), scope));
        }
        yield dict;
      }
      case Expr.Attribute(var target, var name) -> Members.attribute(value(target, scope), name);
      case Expr.Item(var target, var index) ->
          Members.item(value(target, scope), value(index, scope));
      case Expr.Slice(var target, var start, var stop, var step) ->
          Members.slice(
              value(target, scope),
              bound(start, scope),
              bound(stop, scope),
              bound(step, scope).orElse(1L));
      case Expr.Call call -> call(call, scope);
      case Expr.Filter(var target, var name, var arguments) ->
          Filters.apply(value(target, scope), arguments(name, arguments, scope));
      case Expr.Test(var target, var name, var arguments, var negated) ->
          Tests.test(value(target, scope), arguments(name, arguments, scope)) != negated;
      case Expr.Unary(var operator, var operand) -> unary(operator, value(operand, scope));
      case Expr.Binary binary -> binary(binary, scope);
      case Expr.Compare compare -> compare(compare, scope);
      case Expr.Conditional(var condition, var then, var otherwise) -> {
        if (Values.truth(value(condition, scope))) {
          yield value(then, scope);
        }
        yield otherwise.isPresent()
            ? value(otherwise.get(), scope)
            : new Undefined("value of an if without else");
      }
    };
  }

  private List<Object> values(List<Expr> expressions, Scope scope) {
    List<Object> values = new ArrayList<>(expressions.size());
    expressions.forEach(each -> values.add(value(each, scope)));
    return values;
  }

  private Optional<Long> bound(Optional<Expr> bound, Scope scope) {
    return bound
        .map(each -> Optional.ofNullable(value(each, scope)))
        .orElse(Optional.empty())
        .map(Values::integer);
  }

  Arguments arguments(String name, Expr.Arguments arguments, Scope scope) {
    Map<String, Object> named = new HashMap<>();
    arguments.named().forEach((key, each) -> named.put(key, value(each, scope)));
    return new Arguments(name, values(arguments.positional(), scope), named);
  }

  private Object call(Expr.Call call, Scope scope) {
    Object target = value(call.target(), scope);
    Arguments arguments = arguments("call", call.arguments(), scope);
    return switch (target) {
      case Function function -> function.call(arguments.positional(), arguments.named());
      case Undefined(var name) -> throw JinjaException.of("'" + name + "' is undefined");
      case null, default -> throw JinjaException.of(Values.type(target) + " cannot be called");
    };
  }

  private static Object unary(String operator, Object value) {
    return switch (operator) {
      case "not" -> !Values.truth(value);
      case "-" -> Operators.apply("-", 0L, value);
      default -> Operators.apply("+", 0L, value);
    };
  }

  private Object binary(Expr.Binary binary, Scope scope) {
    Object left = value(binary.left(), scope);
    return switch (binary.operator()) {
      case "and" -> Values.truth(left) ? value(binary.right(), scope) : left;
      case "or" -> Values.truth(left) ? left : value(binary.right(), scope);
      default -> Operators.apply(binary.operator(), left, value(binary.right(), scope));
    };
  }

  private Object compare(Expr.Compare compare, Scope scope) {
    Object left = value(compare.operands().get(0), scope);
    for (int i = 0; i < compare.operators().size(); i++) {
      Object right = value(compare.operands().get(i + 1), scope);
      if (!holds(compare.operators().get(i), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private static boolean holds(String operator, Object a, Object b) {
    return switch (operator) {
      case "==" -> Values.equal(a, b);
      case "!=" -> !Values.equal(a, b);
      case "<" -> Values.compare(a, b) < 0;
      case "<=" -> Values.compare(a, b) <= 0;
      case ">" -> Values.compare(a, b) > 0;
      case ">=" -> Values.compare(a, b) >= 0;
      case "in" -> Values.contains(b, a);
      default -> !Values.contains(b, a);
    };
  }
}
