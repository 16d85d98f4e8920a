package dev.quern.sql.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.calcite.avatica.util.ArrayImpl;
import org.apache.calcite.rel.type.RelDataType;

/**
 * An array whose elements Avatica's cannot give: dates, times, bytes and arrays. It extends that
 * one because Avatica's accessors pass nothing else.
 */
final class QuernArray extends ArrayImpl {
  private final Object[] elements;
  private final RelDataType type;

  /**
   * @param elements as JDBC's classes; arrays as {@code Object[]}
   * @param type of an element
   */
  QuernArray(Object[] elements, RelDataType type) {
    super(List.of(), null);
    this.elements = elements.clone();
    this.type = type;
  }

  @Override
  public int getBaseType() {
    return type.getSqlTypeName().getJdbcOrdinal();
  }

  @Override
  public String getBaseTypeName() {
    return ColumnTypes.name(type);
  }

  @Override
  public Object[] getArray() {
    return elements.clone();
  }

  @Override
  public Object[] getArray(Map<String, Class<?>> classes) {
    return getArray();
  }

  /**
   * @param from counts from 1
   */
  @Override
  public Object[] getArray(long from, int count) throws SQLException {
    if (from < 1 || count < 0 || from - 1 > elements.length - (long) count) {
      throw new SQLException(
          count + " elements from " + from + " of an array of " + elements.length, "2202E");
    }
    return Arrays.copyOfRange(elements, (int) from - 1, (int) from - 1 + count);
  }

  @Override
  public Object[] getArray(long from, int count, Map<String, Class<?>> classes)
      throws SQLException {
    return getArray(from, count);
  }

  @Override
  public ResultSet getResultSet() throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "an array of " + getBaseTypeName() + " has no result set; use getArray()", "0A000");
  }

  @Override
  public ResultSet getResultSet(Map<String, Class<?>> classes) throws SQLException {
    return getResultSet();
  }

  @Override
  public ResultSet getResultSet(long from, int count) throws SQLException {
    return getResultSet();
  }

  @Override
  public ResultSet getResultSet(long from, int count, Map<String, Class<?>> classes)
      throws SQLException {
    return getResultSet();
  }

  @Override
  public String toString() {
    return Arrays.deepToString(elements);
  }
}
