package dev.quern.executor.choice;

/**
 * When a choice counts as preferred; otherwise the answer is empty.
 *
 * @param share least share of the best branch in what falls on all branches, in [0, 1]
 * @param mass least probability that falls on all branches together, of all tokens, in [0, 1]: a
 *     model that would rather say something else has no preference
 */
public record Preference(double share, double mass) {
  public Preference {
    if (!(share >= 0 && share <= 1) || !(mass >= 0 && mass <= 1)) {
      throw new IllegalArgumentException(
          "share and mass must be in [0, 1] but are " + share + " and " + mass);
    }
  }
}
