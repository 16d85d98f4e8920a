package dev.quern.executor.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Expressions. */
sealed interface Expr {
  /** A constant. */
  record Literal(Object value) implements Expr {}

  /** A variable. */
  record Name(String name) implements Expr {}

  /** A list, or a tuple. */
  record Sequence(List<Expr> items, boolean tuple) implements Expr {}

  /** A dictionary. */
  record Dict(List<Map.Entry<Expr, Expr>> entries) implements Expr {}

  /** {@code target.name}. */
  record Attribute(Expr target, String name) implements Expr {}

  /** {@code target[index]}. */
  record Item(Expr target, Expr index) implements Expr {}

  /** {@code target[start:stop:step]}. */
  record Slice(Expr target, Optional<Expr> start, Optional<Expr> stop, Optional<Expr> step)
      implements Expr {}

  /** Arguments of a call, a filter or a test. */
  record Arguments(List<Expr> positional, Map<String, Expr> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());
  }

  /** {@code target(..)}. */
  record Call(Expr target, Arguments arguments) implements Expr {}

  /** {@code target | name(..)}. */
  record Filter(Expr target, String name, Arguments arguments) implements Expr {}

  /** {@code target is [not] name(..)}. */
  record Test(Expr target, String name, Arguments arguments, boolean negated) implements Expr {}

  /** {@code - + not}. */
  record Unary(String operator, Expr operand) implements Expr {}

  /** Arithmetic, concatenation, and, or. */
  record Binary(String operator, Expr left, Expr right) implements Expr {}

  /** A chain such as {@code a < b <= c}; one operator fewer than operands. */
  record Compare(List<Expr> operands, List<String> operators) implements Expr {}

  /** {@code then if condition else otherwise}. */
  record Conditional(Expr condition, Expr then, Optional<Expr> otherwise) implements Expr {}
}
