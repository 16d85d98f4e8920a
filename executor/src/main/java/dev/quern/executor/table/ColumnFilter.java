package dev.quern.executor.table;

import java.util.Objects;

/**
 * A condition {@code column comparison value} that a scan may use to skip row groups.
 *
 * @param value a Long, Double, String or Boolean; null for the NULL tests
 */
public record ColumnFilter(String column, Comparison comparison, Object value) {
  public ColumnFilter {
    Objects.requireNonNull(column, "column");
    Objects.requireNonNull(comparison, "comparison");
  }

  /** Comparison operators; NULL never meets any but IS_NULL. */
  public enum Comparison {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    IS_NULL,
    IS_NOT_NULL
  }
}
