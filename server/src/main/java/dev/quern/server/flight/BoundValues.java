package dev.quern.server.flight;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.calcite.avatica.util.ByteString;

/**
 * Values of parameters, one list a row.
 *
 * @param bytes what they take in memory, about and rather too much
 */
record BoundValues(List<List<Object>> rows, long bytes) {
  static final BoundValues NONE = new BoundValues(List.of(), 0);

  /** What a value takes in memory, bytes: 16 for its place and header, 2 a character. */
  static long sizeOf(Object value) {
    return 16
        + switch (value) {
          case null -> 0;
          case CharSequence text -> 40 + 2L * text.length();
          case ByteString binary -> 40 + binary.length();
          case byte[] binary -> binary.length;
          case BigDecimal number -> 64 + number.unscaledValue().bitLength() / 8;
          case Object[] values -> sizeOf(Arrays.asList(values));
          case List<?> values -> 40 + values.stream().mapToLong(BoundValues::sizeOf).sum();
          case Map<?, ?> map ->
              64 + sizeOf(map.keySet().toArray()) + sizeOf(map.values().toArray());
          default -> 16;
        };
  }
}
