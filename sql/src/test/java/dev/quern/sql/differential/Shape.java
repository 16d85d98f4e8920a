package dev.quern.sql.differential;

/** What a query is made of, calls or not. */
enum Shape {
  INNER_JOIN,
  LEFT_JOIN,
  RIGHT_OR_FULL_JOIN,
  IN,
  NOT_IN,
  EXISTS,
  NOT_EXISTS,
  CORRELATED,
  GROUP_BY,
  HAVING,
  COUNT_DISTINCT,
  CTE_TWICE,
  UNION,
  UNION_ALL,
  INTERSECT,
  EXCEPT,
  DISTINCT,
  TOTAL_ORDER,
  SCAN_ORDER,
  LIMIT,
  OFFSET
}
