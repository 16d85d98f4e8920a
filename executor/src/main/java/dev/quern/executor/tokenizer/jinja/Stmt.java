package dev.quern.executor.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Statements. */
sealed interface Stmt {
  /** Text as it is. */
  record Text(String text) implements Stmt {}

  /** {@code {{ value }}}. */
  record Output(Expr value) implements Stmt {}

  /** Branches in order; the last may have no condition. */
  record If(List<Branch> branches) implements Stmt {}

  /** A branch of if; else has no condition. */
  record Branch(Optional<Expr> condition, List<Stmt> body) {}

  /** A loop; {@code names} has more than one name where items are unpacked. */
  record For(
      List<String> names,
      Expr items,
      Optional<Expr> condition,
      List<Stmt> body,
      List<Stmt> otherwise)
      implements Stmt {}

  /** {@code set a, b = value}. */
  record Set(List<String> names, Expr value) implements Stmt {}

  /** {@code set namespace.name = value}. */
  record SetAttribute(String namespace, String name, Expr value) implements Stmt {}

  /** {@code set name | filters} up to endset. */
  record SetBlock(String name, List<Expr.Filter> filters, List<Stmt> body) implements Stmt {}

  /** A macro; defaults by parameter name. */
  record Macro(String name, List<String> parameters, Map<String, Expr> defaults, List<Stmt> body)
      implements Stmt {}

  /** {@code filter a | b} up to endfilter; the filters' targets are not used. */
  record FilterBlock(List<Expr.Filter> filters, List<Stmt> body) implements Stmt {}

  /** A body with a scope of its own that is otherwise left as it is (generation). */
  record Block(List<Stmt> body) implements Stmt {}

  /** Leaves the loop. */
  record Break() implements Stmt {}

  /** Goes on with the next item. */
  record Continue() implements Stmt {}
}
