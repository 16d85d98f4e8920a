package dev.quern.sql;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.apache.calcite.rel.type.RelDataType;

/** Values that clients give for parameters. */
public final class ParameterValues {
  private ParameterValues() {}

  /**
   * A parameter as generated code takes it for its type.
   *
   * @throws IllegalArgumentException when the value does not fit
   */
  public static Object of(RelDataType type, Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.getSqlTypeName()) {
      case TINYINT -> number(type, value).byteValueExact();
      case SMALLINT -> number(type, value).shortValueExact();
      case INTEGER -> number(type, value).intValueExact();
      case BIGINT -> number(type, value).longValueExact();
      case REAL -> number(type, value).floatValue();
      case FLOAT, DOUBLE -> number(type, value).doubleValue();
      case DECIMAL -> {
        BigDecimal number = number(type, value);
        yield type.getScale() >= 0 && number.scale() > type.getScale()
            ? number.setScale(type.getScale(), RoundingMode.HALF_UP)
            : number;
      }
      case CHAR, VARCHAR -> value.toString();
      default -> value;
    };
  }

  private static BigDecimal number(RelDataType type, Object value) {
    try {
      return value instanceof Boolean b
          ? BigDecimal.valueOf(b ? 1 : 0)
          : new BigDecimal(value.toString().strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "a parameter of type " + type.getSqlTypeName() + " was given '" + value + "'", e);
    }
  }
}
