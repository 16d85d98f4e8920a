package dev.quern.sql.differential;

import java.util.ArrayList;
import java.util.List;

/** GROUP BY, what it gives, and HAVING. */
final class GroupGrammar {
  private final Generation generation;
  private final Draw draw;
  private final ExpressionGrammar expressions;
  private final List<Column> keys = new ArrayList<>();
  private final List<Column> results = new ArrayList<>();

  GroupGrammar(Generation generation, ExpressionGrammar expressions, List<Column> scope) {
    this.generation = generation;
    this.draw = generation.draw();
    this.expressions = expressions;
    for (int i = draw.between(0, 2); i > 0; i--) {
      generation.in(Place.GROUP_KEY, () -> keys.add(key(scope)));
    }
    results.addAll(keys);
    for (int i = draw.between(1, 3); i > 0; i--) {
      generation.in(Place.AGGREGATE, () -> results.add(aggregate(scope)));
    }
  }

  /** Never a bare number, which would mean a place in the list. */
  private Column key(List<Column> scope) {
    List<Column> texts = Column.of(ValueType.TEXT, scope);
    List<Column> numbers = Column.of(ValueType.NUMBER, scope);
    if (!numbers.isEmpty() && draw.chance(30)) {
      Column number = draw.pick(numbers);
      return draw.chance(50)
          ? number
          : new Column("MOD(" + number.sql() + ", 2)", ValueType.NUMBER);
    }
    if (!texts.isEmpty() && draw.chance(40)) {
      return draw.pick(texts);
    }
    return new Column(expressions.call(scope, 1), ValueType.TEXT);
  }

  private Column aggregate(List<Column> scope) {
    String filter =
        draw.chance(15) ? " FILTER (WHERE " + expressions.predicate(scope, 1) + ")" : "";
    return switch (draw.between(1, 7)) {
      case 1 -> new Column("COUNT(*)" + filter, ValueType.NUMBER);
      case 2 -> new Column("COUNT(" + expressions.text(scope, 2) + ")" + filter, ValueType.NUMBER);
      case 3 -> {
        generation.has(Shape.COUNT_DISTINCT);
        yield new Column("COUNT(DISTINCT " + expressions.text(scope, 2) + ")", ValueType.NUMBER);
      }
      case 4 -> new Column("SUM(" + expressions.number(scope, 2) + ")" + filter, ValueType.NUMBER);
      default ->
          new Column(
              draw.pick("MIN(", "MAX(") + expressions.text(scope, 2) + ")" + filter,
              ValueType.TEXT);
    };
  }

  /** A column of the list: over keys and aggregates only. */
  String output(ValueType type) {
    return expressions.value(type, results, draw.chance(30) ? 2 : 0);
  }

  String groupBy() {
    if (keys.isEmpty()) {
      return "";
    }
    generation.has(Shape.GROUP_BY);
    return " GROUP BY " + String.join(", ", keys.stream().map(Column::sql).distinct().toList());
  }

  String having() {
    if (!draw.chance(30)) {
      return "";
    }
    generation.has(Shape.HAVING);
    return " HAVING " + generation.in(Place.HAVING, () -> expressions.predicate(results, 2));
  }
}
