package dev.quern.sql.differential;

/** Where in a query a GENERATE call stands; a call within several counts for each. */
enum Place {
  SELECT,
  FILTER,
  JOIN,
  AGGREGATE,
  GROUP_KEY,
  HAVING,
  CASE,
  COALESCE,
  AND_OR_NOT,
  CALL,
  DETAILS,
  FROM_SUB_QUERY,
  WHERE_SUB_QUERY,
  SELECT_SUB_QUERY,
  CTE,
  SET_OPERATION
}
