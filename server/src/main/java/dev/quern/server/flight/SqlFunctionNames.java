package dev.quern.server.flight;

/** Functions as JDBC's metadata groups them. */
final class SqlFunctionNames {
  private SqlFunctionNames() {}

  static String[] system() {
    return new String[] {
      "GENERATE",
      "GENERATE_DETAILS",
      "GENERATE_BOOLEAN",
      "CLASSIFY",
      "PROMPT",
      "PROMPT_ROW",
      "TOKEN_COUNT",
      "NVL",
      "IF",
      "COALESCE",
      "NULLIF",
      "GREATEST",
      "LEAST"
    };
  }

  static String[] string() {
    return new String[] {
      "CHAR_LENGTH",
      "CONCAT",
      "CONCAT_WS",
      "INITCAP",
      "LEFT",
      "LENGTH",
      "LOWER",
      "LPAD",
      "LTRIM",
      "OVERLAY",
      "POSITION",
      "REGEXP_REPLACE",
      "REPEAT",
      "REPLACE",
      "REVERSE",
      "RIGHT",
      "RPAD",
      "RTRIM",
      "SPLIT_PART",
      "STRPOS",
      "SUBSTR",
      "SUBSTRING",
      "TRIM",
      "UPPER"
    };
  }

  static String[] numeric() {
    return new String[] {
      "ABS",
      "ACOS",
      "ASIN",
      "ATAN",
      "CEIL",
      "COS",
      "DEGREES",
      "EXP",
      "FLOOR",
      "LN",
      "LOG10",
      "MOD",
      "PI",
      "POWER",
      "RADIANS",
      "ROUND",
      "SIGN",
      "SIN",
      "SQRT",
      "TAN",
      "TRUNCATE"
    };
  }

  static String[] time() {
    return new String[] {
      "CURRENT_DATE",
      "CURRENT_TIME",
      "CURRENT_TIMESTAMP",
      "EXTRACT",
      "HOUR",
      "MINUTE",
      "MONTH",
      "QUARTER",
      "SECOND",
      "TIMESTAMPADD",
      "TIMESTAMPDIFF",
      "WEEK",
      "YEAR"
    };
  }
}
