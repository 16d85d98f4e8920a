package dev.quern.planner;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.sql.type.SqlTypeName;
import org.junit.jupiter.api.Test;

final class JsonFieldsTest {
  /** {@code json.dumps({"a\"b": .., "n": 1}, ensure_ascii=False)} of Python. */
  @Test
  void objectIsWhatPythonWrites() {
    String text = JsonFields.text("tab\t, \"quote\" \\ \n\r\b\f \u0001\u001f \u007f ü 😀 </s>");
    assertEquals(
        "\"tab\\t, \\\"quote\\\" \\\\ \\n\\r\\b\\f \\u0001\\u001f \u007f ü 😀 </s>\"", text);
    assertEquals(
        "{\"n\": 1, \"a\\\"b\": \"x\"}",
        JsonFields.object(
            List.of(JsonFields.text("a\"b"), JsonFields.text("n")),
            List.of(JsonFields.text("x"), "1"),
            new int[] {1, 0}));
  }

  @Test
  void valuesOfEachType() {
    assertEquals("null", JsonFields.value(null, SqlTypeName.DATE));
    assertEquals("true", JsonFields.value(true, SqlTypeName.BOOLEAN));
    assertEquals("-7", JsonFields.value(-7, SqlTypeName.INTEGER));
    assertEquals("2.5", JsonFields.value(2.5, SqlTypeName.DOUBLE));
    assertEquals("\"NaN\"", JsonFields.value(Double.NaN, SqlTypeName.DOUBLE));
    assertEquals("0.0000001", JsonFields.value(new BigDecimal("1E-7"), SqlTypeName.DECIMAL));
    assertEquals("\"1969-12-31\"", JsonFields.value(-1, SqlTypeName.DATE));
    assertEquals("\"00:00:01\"", JsonFields.value(1000, SqlTypeName.TIME));
    assertEquals("\"00:00:01.500\"", JsonFields.value(1500, SqlTypeName.TIME));
    assertEquals("\"1969-12-31T23:59:59.999\"", JsonFields.value(-1L, SqlTypeName.TIMESTAMP));
    assertEquals(
        "\"1970-01-01T00:00:00Z\"",
        JsonFields.value(0L, SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE));
  }
}
