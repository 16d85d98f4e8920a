package dev.quern.sql.differential;

/** Types of the generated queries' columns; conditions are not columns. */
enum ValueType {
  TEXT,
  NUMBER
}
