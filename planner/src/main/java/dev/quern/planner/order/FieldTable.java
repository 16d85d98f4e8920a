package dev.quern.planner.order;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of a batch of prompts as text, [field][row], with equal values of a field known by one
 * number. Only this is needed to choose an order: what a field costs is its length as text.
 */
public final class FieldTable {
  private final List<String> names;
  private final int rows;
  private final int[][] codes;
  private final String[][] values;
  private final int[][] lengths;
  private final int[] nameLength;

  private FieldTable(
      List<String> names, int rows, int[][] codes, String[][] values, int[] nameLength) {
    this.names = names;
    this.rows = rows;
    this.codes = codes;
    this.values = values;
    this.nameLength = nameLength;
    lengths = new int[values.length][];
    for (int f = 0; f < values.length; f++) {
      lengths[f] = Arrays.stream(values[f]).mapToInt(String::length).toArray();
    }
  }

  /**
   * @param names one a field
   * @param fields the values as they will stand in a prompt, [field][row]
   * @param perField characters that a field adds beside its name and value: quotes, colon, comma
   */
  public static FieldTable of(List<String> names, List<List<String>> fields, int perField) {
    if (names.size() != fields.size() || names.isEmpty()) {
      throw new IllegalArgumentException(
          names.size()
              + " names for "
              + fields.size()
              + " fields; expected one each, at least one");
    }
    int rows = fields.getFirst().size();
    int[][] codes = new int[fields.size()][rows];
    String[][] values = new String[fields.size()][];
    int[] nameLength = new int[fields.size()];
    for (int f = 0; f < fields.size(); f++) {
      List<String> field = fields.get(f);
      if (field.size() != rows) {
        throw new IllegalArgumentException(
            names.get(f) + ": " + field.size() + " rows, but " + names.getFirst() + " has " + rows);
      }
      Map<String, Integer> numbers = HashMap.newHashMap(rows);
      String[] distinct = new String[rows];
      for (int r = 0; r < rows; r++) {
        String value = field.get(r);
        Integer known = numbers.putIfAbsent(value, numbers.size());
        codes[f][r] = known == null ? numbers.size() - 1 : known;
        distinct[codes[f][r]] = value;
      }
      values[f] = Arrays.copyOf(distinct, numbers.size());
      nameLength[f] = names.get(f).length() + perField;
    }
    return new FieldTable(List.copyOf(names), rows, codes, values, nameLength);
  }

  public int rows() {
    return rows;
  }

  public int fields() {
    return codes.length;
  }

  public String name(int field) {
    return names.get(field);
  }

  /** The text of a field in a row. */
  public String value(int field, int row) {
    return values[field][codes[field][row]];
  }

  /** Number of the value of each row; equal values have equal numbers, from 0 on. */
  int[] codes(int field) {
    return codes[field];
  }

  int distinct(int field) {
    return values[field].length;
  }

  String distinctValue(int field, int code) {
    return values[field][code];
  }

  /** Characters that this value takes in a prompt, the name and punctuation included. */
  int cost(int field, int code) {
    return nameLength[field] + lengths[field][code];
  }

  int nameCost(int field) {
    return nameLength[field];
  }
}
