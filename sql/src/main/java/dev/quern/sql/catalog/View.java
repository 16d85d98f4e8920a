package dev.quern.sql.catalog;

import org.apache.calcite.rel.type.RelDataType;

/**
 * @param sql the query, as text that stands by itself
 * @param rowType its columns
 */
public record View(String name, String sql, RelDataType rowType) {}
