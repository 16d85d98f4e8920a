package dev.quern.sql.differential;

import dev.quern.sql.differential.SourceGrammar.Source;
import java.util.ArrayList;
import java.util.List;

/** Whole queries: SELECT, set operations, common tables, order and limits. */
final class QueryGrammar {
  /**
   * @param columns their names within the query, without a table
   */
  record Query(String sql, List<Column> columns, boolean ordered) {}

  private final Generation generation;
  private final Draw draw;
  private final ExpressionGrammar expressions;
  private final SourceGrammar sources;
  private final SubQueryGrammar subQueries;

  QueryGrammar(Generation generation) {
    this.generation = generation;
    this.draw = generation.draw();
    this.expressions = new ExpressionGrammar(generation);
    this.sources = new SourceGrammar(generation, expressions, this);
    this.subQueries = new SubQueryGrammar(generation, expressions, sources);
  }

  Query statement() {
    return switch (draw.between(1, 10)) {
      case 1, 2 -> scan();
      case 3 -> commonTable();
      default -> ordered(body(types(), 2), true);
    };
  }

  /** A query for FROM; a limit needs a total order there too. */
  Query derived(int depth) {
    Query body = body(types(), depth);
    if (!draw.chance(20)) {
      return body;
    }
    // The parser takes no ORDER BY behind a set operation that begins with two parentheses.
    String all = "SELECT * FROM (" + body.sql() + ") AS " + generation.name();
    return ordered(new Query(all, body.columns(), false), false);
  }

  private List<ValueType> types() {
    List<ValueType> types = new ArrayList<>();
    for (int i = draw.between(1, 3); i > 0; i--) {
      types.add(draw.chance(60) ? ValueType.TEXT : ValueType.NUMBER);
    }
    return types;
  }

  private static List<Column> columns(List<ValueType> types) {
    List<Column> columns = new ArrayList<>();
    for (ValueType type : types) {
      columns.add(new Column("c" + (columns.size() + 1), type));
    }
    return columns;
  }

  private Query body(List<ValueType> types, int depth) {
    return depth > 0 && draw.chance(20) ? setOperation(types, depth) : select(types, depth);
  }

  private Query setOperation(List<ValueType> types, int depth) {
    return generation.in(
        Place.SET_OPERATION,
        () -> {
          String kind = draw.pick("UNION", "UNION ALL", "UNION ALL", "INTERSECT", "EXCEPT");
          generation.has(Shape.valueOf(kind.replace(' ', '_')));
          String sql =
              "("
                  + select(types, depth - 1).sql()
                  + ") "
                  + kind
                  + " ("
                  + select(types, depth - 1).sql()
                  + ")";
          return new Query(sql, columns(types), false);
        });
  }

  private Query select(List<ValueType> types, int depth) {
    Source source = sources.source(depth);
    String filter = subQueries.where(source.columns(), depth);
    return draw.chance(30)
        ? aggregate(types, source, filter)
        : plain(types, source, filter, draw.chance(15), depth);
  }

  private Query plain(
      List<ValueType> types, Source source, String filter, boolean distinct, int depth) {
    if (distinct) {
      generation.has(Shape.DISTINCT);
    }
    String list =
        generation.in(
            Place.SELECT,
            () ->
                list(
                    types.stream()
                        .map(type -> subQueries.output(type, source.columns(), depth))
                        .toList()));
    return new Query(
        "SELECT " + (distinct ? "DISTINCT " : "") + list + " FROM " + source.sql() + filter,
        columns(types),
        false);
  }

  private static String list(List<String> values) {
    List<String> named = new ArrayList<>();
    for (String value : values) {
      named.add(value + " AS c" + (named.size() + 1));
    }
    return String.join(", ", named);
  }

  private Query aggregate(List<ValueType> types, Source source, String filter) {
    var groups = new GroupGrammar(generation, expressions, source.columns());
    String list =
        generation.in(Place.SELECT, () -> list(types.stream().map(groups::output).toList()));
    return new Query(
        "SELECT " + list + " FROM " + source.sql() + filter + groups.groupBy() + groups.having(),
        columns(types),
        false);
  }

  private Query commonTable() {
    String name = generation.name();
    Query common = generation.in(Place.CTE, () -> body(types(), 1));
    sources.useTwice(name, common.columns());
    List<ValueType> types = types();
    Query first = select(types, 1);
    Query second =
        sources.allUsed() ? null : generation.in(Place.SET_OPERATION, () -> select(types, 1));
    generation.has(Shape.CTE_TWICE);
    String sql =
        second == null ? first.sql() : "(" + first.sql() + ") UNION ALL (" + second.sql() + ")";
    Query body = ordered(new Query(sql, columns(types), false), true);
    return new Query(
        "WITH " + name + " AS (" + common.sql() + ") " + body.sql(),
        body.columns(),
        body.ordered());
  }

  /** Rows of one table in the order of the scan, or of a unique column. */
  private Query scan() {
    Source table = sources.table();
    List<ValueType> types = types();
    String filter =
        draw.chance(70)
            ? " WHERE "
                + generation.in(Place.FILTER, () -> expressions.predicate(table.columns(), 3))
            : "";
    Query rows = plain(types, table, filter, false, 0);
    String order =
        table.unique() != null && draw.chance(50)
            ? " ORDER BY " + table.unique() + draw.pick("", " DESC")
            : "";
    generation.has(Shape.SCAN_ORDER);
    return new Query(rows.sql() + order + limit(), rows.columns(), true);
  }

  /** By all columns, so that only equal rows can change places; by some where order is free. */
  private Query ordered(Query query, boolean top) {
    int columns = query.columns().size();
    if (top && draw.chance(30)) {
      return draw.chance(30)
          ? new Query(query.sql() + " ORDER BY " + key(1), query.columns(), columns == 1)
          : query;
    }
    generation.has(Shape.TOTAL_ORDER);
    List<String> keys = new ArrayList<>();
    for (int i = 1; i <= columns; i++) {
      keys.add(key(i));
    }
    return new Query(
        query.sql() + " ORDER BY " + String.join(", ", keys) + limit(), query.columns(), true);
  }

  private String key(int column) {
    return column + draw.pick("", " DESC", " NULLS FIRST", " DESC NULLS LAST");
  }

  private String limit() {
    String limit = "";
    if (draw.chance(60)) {
      generation.has(Shape.LIMIT);
      limit = " LIMIT " + draw.between(0, 7);
    }
    if (draw.chance(25)) {
      generation.has(Shape.OFFSET);
      limit += " OFFSET " + draw.between(0, 3);
    }
    return limit;
  }
}
