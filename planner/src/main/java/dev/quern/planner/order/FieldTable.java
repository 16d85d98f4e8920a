package dev.quern.planner.order;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The fields of a batch of prompts as text, [field][row], with equal values of a field known by one
 * number. Only this is needed to choose an order: what a field costs is its length as text.
 */
public final class FieldTable {
  /** Characters of a field beside its name and value: two quotes, colon, comma, two blanks. */
  private static final int PER_FIELD = 6;

  private final List<String> names;
  private final int rows;
  private final int[][] codes;
  private final String[][] values;
  private final int[][] lengths;
  private final int[][] plain;
  private final int[] nameLength;
  private final int[][] ranks;
  private final int[] nameRanks;

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
    plain = Arrays.stream(values).map(FieldTable::plainLengths).toArray(int[][]::new);
    ranks = Arrays.stream(values).map(FieldTable::ranks).toArray(int[][]::new);
    nameRanks = ranks(names.toArray(String[]::new));
  }

  /** Characters of each value without JSON's quotes and escapes. */
  private static int[] plainLengths(String[] texts) {
    return Arrays.stream(texts).mapToInt(FieldTable::plainLength).toArray();
  }

  private static int plainLength(String json) {
    if (!json.startsWith("\"")) {
      return json.length();
    }
    int length = json.codePointCount(1, json.length() - 1);
    for (int i = json.indexOf('\\'); i >= 0; ) {
      int escape = json.charAt(i + 1) == 'u' ? 6 : 2;
      length -= escape - 1;
      i = json.indexOf('\\', i + escape);
    }
    return length;
  }

  /** Place of each text in the sorted order of all. */
  private static int[] ranks(String[] texts) {
    Integer[] sorted = new Integer[texts.length];
    Arrays.setAll(sorted, i -> i);
    Arrays.sort(sorted, Comparator.comparing(i -> texts[i]));
    int[] ranks = new int[texts.length];
    for (int i = 0; i < ranks.length; i++) {
      ranks[sorted[i]] = i;
    }
    return ranks;
  }

  /**
   * @param names one a field
   * @param fields the values as JSON writes them in a prompt, [field][row], quotes around a text
   *     included
   */
  public static FieldTable of(List<String> names, List<List<String>> fields) {
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
      values[f] = number(field, codes[f]);
      nameLength[f] = names.get(f).length() + PER_FIELD;
    }
    return new FieldTable(List.copyOf(names), rows, codes, values, nameLength);
  }

  /** Numbers equal values alike, in the order in which they appear; returns them by number. */
  private static String[] number(List<String> field, int[] codes) {
    int mask = Integer.highestOneBit(Math.max(1, codes.length)) * 4 - 1;
    int[] slots = new int[mask + 1];
    String[] distinct = new String[codes.length];
    int known = 0;
    for (int r = 0; r < codes.length; r++) {
      String value = field.get(r);
      int hash = value.hashCode() * 0x9E3779B9;
      int slot = (hash ^ hash >>> 15) & mask;
      while (slots[slot] > 0 && !distinct[slots[slot] - 1].equals(value)) {
        slot = (slot + 1) & mask;
      }
      if (slots[slot] == 0) {
        distinct[known] = value;
        slots[slot] = ++known;
      }
      codes[r] = slots[slot] - 1;
    }
    return Arrays.copyOf(distinct, known);
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

  int mostDistinct() {
    return Arrays.stream(values).mapToInt(v -> v.length).max().orElse(0);
  }

  /** Characters that this value takes in a prompt, the name and punctuation included. */
  int cost(int field, int code) {
    return nameLength[field] + lengths[field][code];
  }

  /** Place of a value among the values of its field, sorted as texts. */
  int rank(int field, int code) {
    return ranks[field][code];
  }

  /** Place of a field's name among the names, sorted. */
  int nameRank(int field) {
    return nameRanks[field];
  }

  /** Characters of a value alone, without JSON's quotes and escapes. */
  int length(int field, int code) {
    return plain[field][code];
  }

  /** Characters that a field takes in a prompt beside its value. */
  int nameCost(int field) {
    return nameLength[field];
  }
}
