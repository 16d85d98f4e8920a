package dev.quern.executor.table;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * @param minimum smallest value (Long, Double, String, Boolean), if known
 * @param maximum largest value, if known
 * @param nulls number of NULLs, if known
 * @param distinct number of distinct values, if known
 * @param averageBytes mean stored bytes a value, if known
 */
public record ColumnStatistics(
    Optional<Object> minimum,
    Optional<Object> maximum,
    OptionalLong nulls,
    OptionalLong distinct,
    OptionalLong averageBytes) {}
