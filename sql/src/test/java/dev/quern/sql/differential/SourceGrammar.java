package dev.quern.sql.differential;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What stands behind FROM: tables, sub-queries, common tables, joins. */
final class SourceGrammar {
  /**
   * @param sql with its alias
   * @param columns qualified by it
   * @param unique a column without duplicates and NULLs, such as a table's id; null for none
   */
  record Source(String sql, List<Column> columns, String unique) {}

  private record Named(String name, List<Column> columns) {}

  private final Generation generation;
  private final Draw draw;
  private final ExpressionGrammar expressions;
  private final QueryGrammar queries;
  private final Deque<Named> wanted = new ArrayDeque<>();

  SourceGrammar(Generation generation, ExpressionGrammar expressions, QueryGrammar queries) {
    this.generation = generation;
    this.draw = generation.draw();
    this.expressions = expressions;
    this.queries = queries;
  }

  /** The next two tables drawn are this common one. */
  void useTwice(String name, List<Column> columns) {
    wanted.add(new Named(name, columns));
    wanted.add(new Named(name, columns));
  }

  boolean allUsed() {
    return wanted.isEmpty();
  }

  Source table() {
    String alias = generation.name();
    if (!wanted.isEmpty()) {
      Named common = wanted.pop();
      return new Source(
          common.name() + " AS " + alias, Column.qualified(alias, common.columns()), null);
    }
    TestTable table = draw.chance(4) ? TestTable.NOTHING : draw.pick(TestTable.FILLED);
    return new Source(
        table.name() + " AS " + alias,
        Column.qualified(alias, table.scope()),
        table.unique() ? alias + ".id" : null);
  }

  Source source(int depth) {
    return depth > 0 && draw.chance(30) ? join(depth) : single(depth);
  }

  /** No join, so that it can stand on the right of one. */
  private Source single(int depth) {
    if (depth <= 0) {
      return table();
    }
    return switch (draw.between(1, 7)) {
      case 1, 2 -> subQuery(depth);
      case 3 -> details(depth);
      default -> table();
    };
  }

  private Source subQuery(int depth) {
    return generation.in(
        Place.FROM_SUB_QUERY,
        () -> {
          QueryGrammar.Query query = queries.derived(depth - 1);
          String alias = generation.name();
          return new Source(
              "(" + query.sql() + ") AS " + alias, Column.qualified(alias, query.columns()), null);
        });
  }

  /** A table with the fields of an answer beside its columns. */
  private Source details(int depth) {
    return generation.in(
        Place.DETAILS,
        () -> {
          Source table = table();
          String prompt = expressions.prompt("'topic: ' || ", table.columns(), depth);
          String alias = generation.name();
          List<String> inner = new ArrayList<>();
          List<Column> columns = new ArrayList<>();
          for (Column column : table.columns()) {
            String name = column.sql().substring(column.sql().indexOf('.') + 1);
            inner.add(column.sql() + " AS " + name);
            columns.add(new Column(alias + "." + name, column.type()));
          }
          inner.add(generation.dialect().details(prompt) + " AS d");
          for (String field : List.of("text", "finish_reason", "error")) {
            columns.add(new Column(detail(alias, field), ValueType.TEXT));
          }
          for (String field : List.of("prompt_tokens", "completion_tokens")) {
            columns.add(new Column(detail(alias, field), ValueType.NUMBER));
          }
          return new Source(
              "(SELECT " + String.join(", ", inner) + " FROM " + table.sql() + ") AS " + alias,
              columns,
              null);
        });
  }

  private String detail(String alias, String field) {
    return generation.dialect().detail(alias + ".d", field);
  }

  private Source join(int depth) {
    Source left = source(depth - 1);
    Source right = single(depth - 1);
    String kind =
        draw.pick(
            "JOIN",
            "JOIN",
            "JOIN",
            "LEFT JOIN",
            "LEFT JOIN",
            "LEFT JOIN",
            "RIGHT JOIN",
            "FULL JOIN");
    generation.has(
        switch (kind) {
          case "JOIN" -> Shape.INNER_JOIN;
          case "LEFT JOIN" -> Shape.LEFT_JOIN;
          default -> Shape.RIGHT_OR_FULL_JOIN;
        });
    List<Column> both = new ArrayList<>(left.columns());
    both.addAll(right.columns());
    String condition = generation.in(Place.JOIN, () -> condition(kind, left, right, both));
    return new Source(left.sql() + " " + kind + " " + right.sql() + " ON " + condition, both, null);
  }

  private String condition(String kind, Source left, Source right, List<Column> both) {
    List<String> parts = new ArrayList<>();
    ValueType type = draw.chance(60) ? ValueType.NUMBER : ValueType.TEXT;
    if (draw.chance(90)) {
      parts.add(
          expressions.value(type, left.columns(), draw.chance(20) ? 1 : 0)
              + " = "
              + expressions.value(type, right.columns(), draw.chance(20) ? 1 : 0));
    }
    if (parts.isEmpty() || draw.chance(40)) {
      // Calls over both tables of an outer join are refused: few are tried.
      boolean oneSide = !kind.equals("JOIN") && !draw.chance(5);
      List<Column> scope = oneSide ? draw.pick(List.of(left, right)).columns() : both;
      parts.add(expressions.predicate(scope, 2));
    }
    return String.join(" AND ", parts);
  }
}
