package dev.quern.sql.differential;

import java.util.ArrayList;
import java.util.List;

/** Values over the columns in reach. */
final class ExpressionGrammar {
  private final Generation generation;
  private final Draw draw;

  ExpressionGrammar(Generation generation) {
    this.generation = generation;
    this.draw = generation.draw();
  }

  String value(ValueType type, List<Column> scope, int depth) {
    return type == ValueType.TEXT ? text(scope, depth) : number(scope, depth);
  }

  String text(List<Column> scope, int depth) {
    if (depth <= 0) {
      return leaf(ValueType.TEXT, scope);
    }
    return switch (draw.between(1, 14)) {
      case 1 -> "UPPER(" + text(scope, depth - 1) + ")";
      case 2 -> "SUBSTRING(" + text(scope, depth - 1) + " FROM 1 FOR " + draw.between(1, 3) + ")";
      case 3 -> "(" + text(scope, depth - 1) + " || ' ' || " + text(scope, depth - 1) + ")";
      case 4 -> "CAST(" + number(scope, depth - 1) + " AS VARCHAR)";
      case 5 -> cases(ValueType.TEXT, scope, depth);
      case 6 -> coalesce(ValueType.TEXT, scope, depth);
      case 7, 8, 9, 10, 11 -> call(scope, depth);
      default -> leaf(ValueType.TEXT, scope);
    };
  }

  String number(List<Column> scope, int depth) {
    if (depth <= 0) {
      return leaf(ValueType.NUMBER, scope);
    }
    return switch (draw.between(1, 11)) {
      case 1 -> "CHAR_LENGTH(" + text(scope, depth - 1) + ")";
      case 2 ->
          "(" + number(scope, depth - 1) + draw.pick(" + ", " - ") + number(scope, depth - 1) + ")";
      case 3 -> "MOD(" + number(scope, depth - 1) + ", 3)";
      case 4 -> cases(ValueType.NUMBER, scope, depth);
      case 5 -> coalesce(ValueType.NUMBER, scope, depth);
      case 6, 7 -> counted(scope, depth);
      default -> leaf(ValueType.NUMBER, scope);
    };
  }

  /** A column, or a constant where there is none or by chance. */
  private String leaf(ValueType type, List<Column> scope) {
    List<Column> columns = Column.of(type, scope);
    if (!columns.isEmpty() && !draw.chance(15)) {
      return draw.pick(columns).sql();
    }
    return type == ValueType.TEXT
        ? draw.pick("'ox'", "'zoo'", "'yes'", "'a refuse b'", "CAST(NULL AS VARCHAR)")
        : draw.pick("0", "1", "2", "3", "7", "CAST(NULL AS INTEGER)");
  }

  private String cases(ValueType type, List<Column> scope, int depth) {
    return generation.in(
        Place.CASE,
        () -> {
          var sql = new StringBuilder("CASE");
          for (int i = draw.between(1, 2); i > 0; i--) {
            sql.append(" WHEN ").append(predicate(scope, depth - 1));
            sql.append(" THEN ").append(value(type, scope, depth - 1));
          }
          if (draw.chance(70)) {
            sql.append(" ELSE ").append(value(type, scope, depth - 1));
          }
          return sql.append(" END").toString();
        });
  }

  private String coalesce(ValueType type, List<Column> scope, int depth) {
    return generation.in(
        Place.COALESCE,
        () ->
            "COALESCE("
                + value(type, scope, depth - 1)
                + ", "
                + value(type, scope, depth - 1)
                + ")");
  }

  /** A call; one in its prompt is nested. */
  String call(List<Column> scope, int depth) {
    return call(draw.pick("'topic: ' || ", "'shout: ' || ", "'judge: ' || ", ""), scope, depth);
  }

  private String call(String task, List<Column> scope, int depth) {
    String prompt = prompt(task, scope, depth);
    return switch (draw.between(1, 8)) {
      case 1 -> generation.dialect().generateWords(prompt, draw.between(1, 2));
      case 2 -> generation.dialect().generateOrMessage(prompt);
      default -> generation.dialect().generate(prompt);
    };
  }

  /** The text that a call sends. */
  String prompt(String task, List<Column> scope, int depth) {
    generation.call();
    return generation.in(
        Place.CALL,
        () -> {
          String prompt = task + text(scope, depth - 1);
          return draw.chance(25) ? prompt + " || ' and ' || " + text(scope, depth - 1) : prompt;
        });
  }

  /** An answer that is a number. */
  private String counted(List<Column> scope, int depth) {
    String prompt = prompt("'count: ' || ", scope, depth);
    return "CAST(" + generation.dialect().generate(prompt) + " AS INTEGER)";
  }

  String predicate(List<Column> scope, int depth) {
    if (depth <= 0) {
      return comparison(scope, 0);
    }
    return switch (draw.between(1, 12)) {
      case 1, 2 -> chain(scope, depth);
      case 3 -> generation.in(Place.AND_OR_NOT, () -> "NOT (" + predicate(scope, depth - 1) + ")");
      case 4 -> "(" + predicate(scope, depth - 1) + ")" + draw.pick(" IS TRUE", " IS NOT TRUE");
      case 5, 6 ->
          call("'judge: ' || ", scope, depth) + draw.pick(" = 'yes'", " <> 'no'", " IS NULL");
      case 7 ->
          call("'topic: ' || ", scope, depth) + draw.pick(" IN ('zoo', 'sea')", " LIKE '%o%'");
      case 8 -> generation.dialect().judged(prompt("'judge: ' || ", scope, depth));
      default -> comparison(scope, depth - 1);
    };
  }

  private String chain(List<Column> scope, int depth) {
    return generation.in(
        Place.AND_OR_NOT,
        () -> {
          List<String> parts = new ArrayList<>();
          for (int i = draw.between(2, 3); i > 0; i--) {
            parts.add(predicate(scope, depth - 1));
          }
          return "(" + String.join(draw.pick(" AND ", " OR "), parts) + ")";
        });
  }

  private String comparison(List<Column> scope, int depth) {
    return switch (draw.between(1, 6)) {
      case 1 -> text(scope, depth) + draw.pick(" = ", " <> ", " < ") + text(scope, depth);
      case 2 -> text(scope, depth) + draw.pick(" IS NULL", " IS NOT NULL");
      case 3 -> text(scope, depth) + draw.pick(" LIKE '%o%'", " IN ('ox', 'cat', 'zoo')");
      case 4 -> number(scope, depth) + draw.pick(" BETWEEN 1 AND 3", " IN (1, 2, 5)");
      default ->
          number(scope, depth) + draw.pick(" < ", " >= ", " = ", " <> ") + number(scope, depth);
    };
  }
}
