package dev.quern.connectors;

import dev.quern.executor.table.ColumnFilter;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.hadoop.metadata.BlockMetaData;

/**
 * Decides from statistics whether a row group can hold a row that meets all filters. In doubt it is
 * kept. Comparisons are SQL's: NULL meets none, NaN only NOT_EQUAL, -0.0 equals 0.0.
 */
final class ParquetPruning {
  /** Integers up to here are doubles too, so that mixed comparisons are exact. */
  private static final double EXACT = 1L << 53;

  private ParquetPruning() {}

  static boolean keeps(BlockMetaData block, List<ColumnFilter> filters) {
    return filters.stream()
        .allMatch(filter ->
            ParquetStatistics.chunk(block, filter.column())
                .map(chunk -> keeps(ParquetStatistics.of(chunk, block.getRowCount()), filter))
                .orElse(true));
  }

  static boolean keeps(ParquetStatistics statistics, ColumnFilter filter) {
    boolean allNull =
        statistics.nulls().isPresent() && statistics.nulls().getAsLong() == statistics.rows();
    return switch (filter.comparison()) {
      case IS_NULL -> statistics.nulls().isEmpty() || statistics.nulls().getAsLong() > 0;
      case IS_NOT_NULL -> !allNull;
      case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
          !allNull && statistics.range().map(range -> mayMeet(range, filter)).orElse(true);
    };
  }

  private static boolean mayMeet(ParquetStatistics.Range range, ColumnFilter filter) {
    Optional<Order> low = compare(range.minimum(), filter.value());
    Optional<Order> high = compare(range.maximum(), filter.value());
    if (low.isEmpty() || high.isEmpty()) {
      return true;
    }
    return switch (filter.comparison()) {
      case EQUAL -> low.get() != Order.AFTER && high.get() != Order.BEFORE;
      case NOT_EQUAL ->
          !(range.minimum() instanceof Long && low.get() == Order.SAME && high.get() == Order.SAME);
      case LESS -> low.get() == Order.BEFORE;
      case LESS_OR_EQUAL -> low.get() != Order.AFTER;
      case GREATER -> high.get() == Order.AFTER;
      case GREATER_OR_EQUAL -> high.get() != Order.BEFORE;
      case IS_NULL, IS_NOT_NULL -> true;
    };
  }

  private enum Order {
    BEFORE,
    SAME,
    AFTER
  }

  /** Order of a bound and the filter's value, where SQL certainly sees the same. */
  private static Optional<Order> compare(Object bound, Object value) {
    return switch (bound) {
      case Long left when value instanceof Long right -> order(Long.compare(left, right));
      case Number left when value instanceof Number right && exact(left) && exact(right) ->
          doubles(left.doubleValue(), right.doubleValue());
      case Boolean left when value instanceof Boolean right -> order(left.compareTo(right));
      case String left when value instanceof String right && sameOrderEverywhere(right) ->
          order(Utf8.compare(left, right));
      default -> Optional.empty();
    };
  }

  private static boolean exact(Number number) {
    return !(number instanceof Long whole) || Math.abs((double) whole) <= EXACT;
  }

  /** Primitive comparison, so that the two zeros are equal. */
  private static Optional<Order> doubles(double left, double right) {
    if (Double.isNaN(left) || Double.isNaN(right)) {
      return Optional.empty();
    }
    return Optional.of(left < right ? Order.BEFORE : left > right ? Order.AFTER : Order.SAME);
  }

  /**
   * Parquet orders texts by code point, Java by UTF-16 unit. Against a text without surrogates or
   * anything above them both orders agree, whatever the other text is.
   */
  private static boolean sameOrderEverywhere(String text) {
    return text.chars().allMatch(unit -> unit < Character.MIN_SURROGATE);
  }

  private static Optional<Order> order(int comparison) {
    return Optional.of(comparison < 0 ? Order.BEFORE : comparison > 0 ? Order.AFTER : Order.SAME);
  }
}
