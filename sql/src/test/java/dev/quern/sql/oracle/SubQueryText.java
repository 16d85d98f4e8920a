package dev.quern.sql.oracle;

import dev.quern.sql.differential.Draw;
import java.util.List;

/**
 * Text of a query with sub-queries over the tables {@code o} and {@code t}, determined by a seed
 * and the same for every SQL.
 */
final class SubQueryText {
  /** Numbers, some NULL, some twice; and a text. */
  static final List<String> TABLES =
      List.of(
          "CREATE VIEW o AS SELECT * FROM (VALUES (1, 7, 'a'), (1, 5, 'b'), (1, 1, 'a'), (2, 7, 'a'),"
              + " (2, 0, 'c'), (3, 8, 'b'), (3, 7, NULL), (4, 0, 'a'), (4, NULL, 'b'), (5, 2, 'a'),"
              + " (NULL, 7, 'c'), (7, 2, 'a')) AS v(k, x, s)",
          "CREATE VIEW t AS SELECT * FROM (VALUES (1, 7, 'a'), (1, 5, 'b'), (1, 5, 'b'), (3, 8, 'c'),"
              + " (3, NULL, 'a'), (4, NULL, NULL), (5, 2, 'a'), (5, 0, 'b'), (NULL, 7, 'a')) AS v(k, m, s)");

  private final Draw draw;

  private SubQueryText(long seed) {
    this.draw = new Draw(seed);
  }

  static String of(long seed) {
    return new SubQueryText(seed).query();
  }

  private String query() {
    return switch (draw.between(0, 8)) {
      case 0, 1 -> "SELECT o.k, o.x, " + test() + " AS a FROM o";
      case 2, 3 -> "SELECT o.k, o.x, " + scalar() + " AS a FROM o";
      case 4, 5 -> "SELECT o.k, o.x, o.s FROM o WHERE " + test();
      case 6 -> "SELECT o.k, q.m FROM t AS q JOIN o ON q.k = o.k AND " + test();
      default ->
          "SELECT o.k, o.x FROM o WHERE "
              + pick("", "NOT ")
              + "("
              + test()
              + pick(" AND ", " OR ")
              + pick("o.k = 3", "o.x > 5", "o.s = 'a'", test())
              + ")";
    };
  }

  /** A predicate with a sub-query. */
  private String test() {
    String negated = pick("", "NOT ");
    String test =
        switch (draw.between(0, 6)) {
          case 0, 1 -> pick("o.x", "o.k", "7", "o.x + 1") + " " + negated + "IN " + numbers(false);
          case 2 -> "(COALESCE(o.k, 0), COALESCE(o.x, 7)) " + negated + "IN " + pairs();
          case 3 -> "o.s " + negated + "IN " + texts();
          case 4, 5 -> negated + "EXISTS " + numbers(true);
          default -> "o.x " + pick("=", "<>", "<", ">=") + pick(" ANY ", " ALL ") + numbers(false);
        };
    return draw.between(0, 5) == 0 ? "((" + test + ") IS " + pick("NULL", "TRUE") + ")" : test;
  }

  private String scalar() {
    return switch (draw.between(0, 3)) {
      case 0 -> "(SELECT " + aggregate() + from() + ")";
      case 1 -> "(SELECT COALESCE(" + aggregate() + ", -1)" + from() + ")";
      case 2 -> "(SELECT t.m" + from() + " ORDER BY t.m NULLS LAST, t.s NULLS LAST LIMIT 1)";
      default ->
          "(SELECT SUM(u.c) FROM " + derived() + " WHERE " + pick("u.c > 1", "u.c = o.k") + ")";
    };
  }

  private String aggregate() {
    return pick("COUNT(*)", "MAX(t.m)", "SUM(t.m)", "COUNT(DISTINCT t.m)", "MIN(t.m) + 1");
  }

  private String numbers(boolean exists) {
    return switch (draw.between(0, 9)) {
      case 0, 1, 2 ->
          "(SELECT "
              + pick(
                  "t.m", "t.m", "t.k", "7", "t.m + o.k", "o.x", "SUM(t.m) OVER (PARTITION BY t.s)")
              + from()
              + ")";
      case 3 -> "(SELECT DISTINCT " + pick("t.m", "7", "t.k") + from() + ")";
      case 4 -> "(SELECT " + aggregate() + from() + ")";
      case 5 -> "(SELECT " + aggregate() + from() + " GROUP BY " + pick("t.k", "t.s") + ")";
      case 6 ->
          "(SELECT "
              + pick("MAX(t.m)", "COUNT(*)")
              + from()
              + " HAVING COUNT(*) > "
              + pick("0", "1")
              + ")";
      case 7 ->
          "(SELECT u.c FROM "
              + derived()
              + " WHERE "
              + pick("u.c = o.x", "u.c < o.x", "u.c > 0")
              + ")";
      case 8 ->
          "(SELECT t.m"
              + from()
              + pick(" UNION ", " UNION ALL ", " EXCEPT ", " INTERSECT ")
              + "SELECT "
              + pick("7", "t.k")
              + from()
              + ")";
      default ->
          exists
              ? "(SELECT t.m" + from() + " ORDER BY t.m NULLS LAST LIMIT " + pick("1", "2") + ")"
              : "(SELECT t.m FROM t JOIN o AS p ON p.k = t.k WHERE "
                  + pick("p.x = o.x", "p.k = o.k", "t.m > o.k")
                  + ")";
    };
  }

  private String derived() {
    return switch (draw.between(0, 3)) {
      case 0 -> "(SELECT DISTINCT 7 AS c FROM t) u";
      case 1 -> "(SELECT MAX(t.m) AS c FROM t) u";
      case 2 -> "(SELECT COUNT(*) AS c FROM t GROUP BY t.s) u";
      default -> "(SELECT t.m AS c FROM t) u";
    };
  }

  /** Without NULL: H2 calls a row with one unknown although another column differs. */
  private String pairs() {
    return "(SELECT "
        + pick("COALESCE(t.k, 0), COALESCE(t.m, 0)", "COALESCE(t.m, 7), 7", "1, COALESCE(t.m, 5)")
        + from()
        + ")";
  }

  private String texts() {
    return "(SELECT "
        + pick("t.s", "'a'", "MAX(t.s)", "DISTINCT t.s", "CAST(NULL AS VARCHAR)")
        + from()
        + ")";
  }

  /** FROM and WHERE, most with a column of the outer row. */
  private String from() {
    return " FROM t"
        + pick(
            "",
            " WHERE t.k = 1",
            " WHERE t.k = o.k",
            " WHERE t.k = o.k",
            " WHERE t.k = o.k AND t.m IS NOT NULL",
            " WHERE t.k < o.k",
            " WHERE t.m = o.x",
            " WHERE t.k = o.k AND t.s = o.s",
            " WHERE t.k = o.k OR t.m = o.x",
            " WHERE t.k <> o.k AND t.m > 1",
            " WHERE t.k = o.k + 2",
            " WHERE o.x = 7",
            " WHERE t.k IS NOT DISTINCT FROM o.k",
            " WHERE EXISTS (SELECT 1 FROM t AS i WHERE i.k = t.k AND i.m = o.x)",
            " WHERE t.m NOT IN (SELECT i.m FROM t AS i WHERE i.s = o.s)");
  }

  private String pick(String... choices) {
    return draw.pick(choices);
  }
}
