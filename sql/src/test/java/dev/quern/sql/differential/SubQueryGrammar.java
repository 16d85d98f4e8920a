package dev.quern.sql.differential;

import dev.quern.sql.differential.SourceGrammar.Source;
import java.util.ArrayList;
import java.util.List;

/** WHERE, and columns of the list, with sub-queries: alone or correlated. */
final class SubQueryGrammar {
  private final Generation generation;
  private final Draw draw;
  private final ExpressionGrammar expressions;
  private final SourceGrammar sources;

  SubQueryGrammar(Generation generation, ExpressionGrammar expressions, SourceGrammar sources) {
    this.generation = generation;
    this.draw = generation.draw();
    this.expressions = expressions;
    this.sources = sources;
  }

  /** The clause with a blank in front, or nothing. */
  String where(List<Column> scope, int depth) {
    return generation.in(
        Place.FILTER,
        () -> {
          List<String> parts = new ArrayList<>();
          if (draw.chance(45)) {
            parts.add(expressions.predicate(scope, 3));
          }
          if (depth > 0 && draw.chance(25)) {
            String test = generation.in(Place.WHERE_SUB_QUERY, () -> test(scope));
            parts.add(draw.between(0, parts.size()), test);
          }
          String link = draw.chance(80) ? " AND " : " OR ";
          return parts.isEmpty() ? "" : " WHERE " + String.join(link, parts);
        });
  }

  /** A column of the list. */
  String output(ValueType type, List<Column> scope, int depth) {
    if (depth > 0 && draw.chance(8)) {
      return generation.in(Place.SELECT_SUB_QUERY, () -> scalar(type, scope));
    }
    return expressions.value(type, scope, 3);
  }

  private String test(List<Column> scope) {
    return switch (draw.between(1, 5)) {
      case 1 -> {
        generation.has(Shape.EXISTS);
        yield "EXISTS (SELECT 1 " + rows(scope, 85).sql() + ")";
      }
      case 2 -> {
        generation.has(Shape.NOT_EXISTS);
        yield "NOT EXISTS (SELECT 1 " + rows(scope, 85).sql() + ")";
      }
      case 3 -> {
        generation.has(Shape.NOT_IN);
        yield member(scope, " NOT IN ");
      }
      default -> {
        generation.has(Shape.IN);
        yield member(scope, " IN ");
      }
    };
  }

  private String member(List<Column> scope, String operator) {
    ValueType type = draw.chance(50) ? ValueType.TEXT : ValueType.NUMBER;
    Source rows = rows(scope, 25);
    return expressions.value(type, scope, draw.chance(30) ? 1 : 0)
        + operator
        + "(SELECT "
        + expressions.value(type, rows.columns(), draw.chance(30) ? 1 : 0)
        + " "
        + rows.sql()
        + ")";
  }

  private String scalar(ValueType type, List<Column> scope) {
    Source rows = rows(scope, 60);
    String value =
        type == ValueType.NUMBER
            ? draw.pick("COUNT(*)", "SUM(" + expressions.number(rows.columns(), 1) + ")")
            : draw.pick("MAX(", "MIN(") + expressions.text(rows.columns(), 2) + ")";
    return "(SELECT " + value + " " + rows.sql() + ")";
  }

  /** FROM and WHERE, in so many of a hundred cases with an equality to a column outside. */
  private Source rows(List<Column> outer, int correlated) {
    Source table = sources.table();
    List<String> parts = new ArrayList<>();
    ValueType type = draw.chance(70) ? ValueType.NUMBER : ValueType.TEXT;
    List<Column> inside = Column.of(type, table.columns());
    List<Column> outside = Column.of(type, outer);
    if (!inside.isEmpty() && !outside.isEmpty() && draw.chance(correlated)) {
      generation.has(Shape.CORRELATED);
      parts.add(draw.pick(inside).sql() + " = " + draw.pick(outside).sql());
    }
    if (draw.chance(50)) {
      parts.add(expressions.predicate(table.columns(), 2));
    }
    String where = parts.isEmpty() ? "" : " WHERE " + String.join(" AND ", parts);
    return new Source("FROM " + table.sql() + where, table.columns(), null);
  }
}
