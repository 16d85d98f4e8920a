package dev.quern.server;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what was meant by a mistyped name. */
final class NearestName {
  private NearestName() {}

  /** The valid name with the fewest edits, unless more than half of the letters would change. */
  static Optional<String> of(String typed, Collection<String> valid) {
    return valid.stream()
        .min(Comparator.comparingInt((String name) -> edits(typed, name)).thenComparing(n -> n))
        .filter(name -> edits(typed, name) * 2 <= Math.max(typed.length(), name.length()));
  }

  /** Levenshtein distance. */
  static int edits(String from, String to) {
    int[] previous = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] current = new int[to.length() + 1];
      current[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[to.length()];
  }
}
