package dev.quern.connectors;

import dev.quern.executor.table.ColumnStatistics;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Statistics of a column over several files, from those of each. */
final class StatisticsUnion {
  private StatisticsUnion() {}

  static ColumnStatistics of(List<ColumnStatistics> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    Optional<Object> minimum = parts.getFirst().minimum();
    Optional<Object> maximum = parts.getFirst().maximum();
    OptionalLong nulls = OptionalLong.of(0);
    long bytes = 0;
    boolean bytesKnown = true;
    for (ColumnStatistics part : parts) {
      minimum = pick(minimum, part.minimum(), -1);
      maximum = pick(maximum, part.maximum(), 1);
      nulls =
          nulls.isPresent() && part.nulls().isPresent()
              ? OptionalLong.of(nulls.getAsLong() + part.nulls().getAsLong())
              : OptionalLong.empty();
      bytesKnown &= part.averageBytes().isPresent();
      bytes += part.averageBytes().orElse(0);
    }
    return new ColumnStatistics(
        minimum,
        maximum,
        nulls,
        OptionalLong.empty(),
        bytesKnown ? OptionalLong.of(bytes / parts.size()) : OptionalLong.empty());
  }

  /** The one further in the given direction; unknown where either is. */
  private static Optional<Object> pick(Optional<Object> a, Optional<Object> b, int direction) {
    if (a.isEmpty() || b.isEmpty()) {
      return Optional.empty();
    }
    return Integer.signum(compare(a.get(), b.get())) == direction ? a : b;
  }

  /** Numbers by value, whatever their class; texts by code point. */
  static int compare(Object a, Object b) {
    if (a instanceof Long left && b instanceof Long right) {
      return Long.compare(left, right);
    }
    if (a instanceof Number left && b instanceof Number right) {
      return new BigDecimal(left.toString()).compareTo(new BigDecimal(right.toString()));
    }
    if (a instanceof Boolean left && b instanceof Boolean right) {
      return Boolean.compare(left, right);
    }
    if (a instanceof String left && b instanceof String right) {
      return Utf8.compare(left, right);
    }
    throw new IllegalArgumentException("cannot compare " + a + " with " + b);
  }
}
