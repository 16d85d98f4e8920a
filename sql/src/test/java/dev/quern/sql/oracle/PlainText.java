package dev.quern.sql.oracle;

import dev.quern.sql.differential.Draw;

/**
 * Queries without sub-queries over {@code o} and {@code t}: windows, groups, joins, set operations.
 */
final class PlainText {
  private final Draw draw;

  private PlainText(long seed) {
    this.draw = new Draw(seed);
  }

  static String of(long seed) {
    return new PlainText(seed).query();
  }

  private String query() {
    return switch (draw.between(0, 5)) {
      case 0, 1 -> "SELECT o.k, o.x, o.s, " + window() + " AS a, " + window() + " AS b FROM o";
      case 2 -> groups();
      case 3 -> joins();
      case 4 -> sets();
      default ->
          "SELECT a, COUNT(*) FROM (SELECT o.k AS k, "
              + window()
              + " AS a FROM o) q"
              + pick("", " WHERE a IS NOT NULL", " WHERE k = 1")
              + " GROUP BY a";
    };
  }

  private String window() {
    String partition =
        pick(
            "",
            "PARTITION BY o.k",
            "PARTITION BY o.s, o.k",
            "PARTITION BY o.s",
            "PARTITION BY o.x > 5");
    String total = "ORDER BY o.x NULLS LAST, o.k NULLS FIRST, o.s NULLS LAST";
    String order = pick("ORDER BY o.k NULLS FIRST", "ORDER BY o.s DESC NULLS LAST", total);
    return switch (draw.between(0, 5)) {
      case 0 ->
          pick(
                  "ROW_NUMBER()",
                  "LAG(o.x) ",
                  "LEAD(o.k, 2)",
                  "FIRST_VALUE(o.x)",
                  "LAG(o.x, 1, 0)",
                  "NTILE(2)")
              + " OVER ("
              + partition
              + " "
              + total
              + ")";
      case 1 -> pick("RANK()", "DENSE_RANK()") + " OVER (" + partition + " " + order + ")";
      case 2 -> aggregate() + " OVER (" + partition + ")";
      case 3 -> aggregate() + " OVER (" + partition + " " + order + ")";
      case 4 ->
          aggregate()
              + " OVER ("
              + partition
              + " "
              + total
              + " ROWS BETWEEN "
              + pick(
                  "1 PRECEDING AND CURRENT ROW",
                  "UNBOUNDED PRECEDING AND CURRENT ROW",
                  "CURRENT ROW AND UNBOUNDED FOLLOWING",
                  "1 PRECEDING AND 1 FOLLOWING",
                  "2 PRECEDING AND 1 PRECEDING",
                  "1 FOLLOWING AND 2 FOLLOWING")
              + ")";
      default ->
          aggregate()
              + " OVER ("
              + partition
              + " ORDER BY COALESCE(o.k, 0) "
              + pick("", "DESC ")
              + "RANGE BETWEEN "
              + pick(
                  "1 PRECEDING AND CURRENT ROW",
                  "UNBOUNDED PRECEDING AND CURRENT ROW",
                  "CURRENT ROW AND UNBOUNDED FOLLOWING",
                  "1 PRECEDING AND 1 FOLLOWING")
              + ")";
    };
  }

  private String aggregate() {
    return pick("SUM(o.x)", "COUNT(*)", "COUNT(o.x)", "MIN(o.x)", "MAX(o.s)");
  }

  private String groups() {
    String keys = pick("o.k", "o.s", "o.k, o.s", "o.x > 5, o.s", "o.k + o.x");
    return "SELECT "
        + pick(
            "COUNT(*)",
            "SUM(o.x)",
            "COUNT(DISTINCT o.x)",
            "COUNT(DISTINCT o.s), SUM(DISTINCT o.x)",
            "MAX(o.s), MIN(o.x)",
            "SUM(o.x) FILTER (WHERE o.k > 1)",
            "COUNT(o.x) FILTER (WHERE o.s = 'a')",
            "SUM(o.x), COUNT(DISTINCT o.x)")
        + " FROM o"
        + pick("", " WHERE o.x > 1", " WHERE o.k IS NOT NULL", " WHERE o.k > 100")
        + " GROUP BY "
        + keys
        + pick("", " HAVING COUNT(*) > 1", " HAVING MAX(o.x) = 7");
  }

  private String joins() {
    String on =
        pick(
            "t.k = o.k",
            "t.k = o.k AND t.s = o.s",
            "t.k < o.k",
            "t.m = o.x OR t.s = o.s",
            "t.k IS NOT DISTINCT FROM o.k",
            "t.k = o.k AND o.x > 5",
            "t.k = o.k AND t.m > 5",
            "1 = 0");
    String join = pick("JOIN", "LEFT JOIN", "RIGHT JOIN");
    return "SELECT o.k, o.x, t.m, t.s FROM o "
        + join
        + " t ON "
        + on
        + pick(
            "",
            " WHERE t.m IS NULL",
            " WHERE o.x = 7",
            " WHERE t.s = 'a' OR o.k IS NULL",
            " WHERE COALESCE(t.m, 7) = o.x");
  }

  private String sets() {
    String left =
        pick(
            "SELECT o.k, o.s FROM o",
            "SELECT o.x, o.s FROM o WHERE o.k > 1",
            "SELECT DISTINCT o.k, 'a' FROM o");
    String right =
        pick(
            "SELECT t.k, t.s FROM t",
            "SELECT t.m, t.s FROM t",
            "SELECT 7, t.s FROM t",
            "SELECT t.k, 'a' FROM t WHERE t.k > 100");
    return left + pick(" UNION ", " UNION ALL ", " EXCEPT ", " INTERSECT ") + right;
  }

  private String pick(String... choices) {
    return draw.pick(choices);
  }
}
