package dev.quern.planner.order;

import java.util.Arrays;
import java.util.List;

/** What prompts share: the measure that an order is chosen by and reported in. */
public final class Prefixes {
  /** Rows looked at when two fields are compared. */
  private static final int SAMPLE = 1000;

  private Prefixes() {}

  /**
   * Characters that an unbounded prefix cache serves: for each prompt its longest common prefix
   * with any earlier one, summed. The sum does not depend on the order of the prompts: it is their
   * total length less the number of their distinct prefixes.
   */
  public static long sharedCharacters(List<String> prompts) {
    String[] sorted = prompts.toArray(String[]::new);
    Arrays.sort(sorted);
    long shared = 0;
    for (int i = 1; i < sorted.length; i++) {
      shared += sorted[i].codePointCount(0, common(sorted[i - 1], sorted[i]));
    }
    return shared;
  }

  /** As {@link #sharedCharacters}, of token ids. */
  public static long sharedTokens(List<int[]> prompts) {
    int[][] sorted = prompts.toArray(int[][]::new);
    Arrays.sort(sorted, Arrays::compare);
    long shared = 0;
    for (int i = 1; i < sorted.length; i++) {
      int mismatch = Arrays.mismatch(sorted[i - 1], sorted[i]);
      shared += mismatch < 0 ? sorted[i].length : mismatch;
    }
    return shared;
  }

  /** Characters that the values of a field share at their start, estimated for these rows. */
  static long shared(FieldTable table, int field, int[] rows) {
    int step = Math.max(1, rows.length / SAMPLE);
    String[] values = new String[(rows.length + step - 1) / step];
    for (int i = 0; i < values.length; i++) {
      values[i] = table.value(field, rows[i * step]);
    }
    Arrays.sort(values);
    long shared = 0;
    for (int i = 1; i < values.length; i++) {
      shared += common(values[i - 1], values[i]);
    }
    // The name is shared too: by all but the first.
    return shared + (values.length - 1L) * table.nameCost(field);
  }

  static int common(String a, String b) {
    int n = Math.min(a.length(), b.length());
    int i = 0;
    while (i < n && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    // Half of a pair of surrogates is no character.
    return i > 0 && i < n && Character.isHighSurrogate(a.charAt(i - 1)) ? i - 1 : i;
  }
}
