package dev.quern.connectors;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Finds the name that was probably meant, for error messages. */
final class NearMiss {
  private NearMiss() {}

  /** The closest candidate, if it is close: a third of the letters may differ. */
  static Optional<String> of(String wanted, List<String> candidates) {
    String lower = wanted.toLowerCase(Locale.ROOT);
    int allowed = Math.max(1, wanted.length() / 3);
    return candidates.stream()
        .filter(name -> distance(lower, name.toLowerCase(Locale.ROOT)) <= allowed)
        .min(
            Comparator.<String>comparingInt(name -> distance(lower, name.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()));
  }

  static String columns(String wanted, Schema schema) {
    List<String> names = schema.getFields().stream().map(Field::getName).toList();
    return of(wanted, names)
        .map(near -> "did you mean \"" + near + "\"?")
        .orElse("its columns are " + names);
  }

  /** Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
