package dev.quern.executor.choice;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The answers that a row may give: exactly one of the texts comes out, or, where a preference is
 * asked for and missing, nothing.
 *
 * @param texts at least two, none blank, no two the same but for white space around them
 * @param preference what the best branch must reach; empty: the best one always answers
 */
public record Choices(List<String> texts, Optional<Preference> preference) {
  /**
   * Yes or no, for GENERATE_BOOLEAN. The larger of the two must have 0.6 of what falls on both, and
   * both together 0.2 of all: executor/README.md shows what these do on the embedded model.
   */
  public static final Choices YES_NO =
      new Choices(List.of("yes", "no"), Optional.of(new Preference(0.6, 0.2)));

  public Choices {
    texts = List.copyOf(texts);
    if (texts.size() < 2) {
      throw new IllegalArgumentException(
          "choices must be at least 2 texts but "
              + (texts.isEmpty() ? "there is none" : "there is one: '" + texts.getFirst() + "'"));
    }
    Set<String> seen = new HashSet<>();
    for (String text : texts) {
      if (text.isBlank()) {
        throw new IllegalArgumentException("choices must not be empty but one is");
      }
      if (!seen.add(text.strip())) {
        throw new IllegalArgumentException(
            "choices must be different but '" + text.strip() + "' is there twice");
      }
    }
  }

  /** One of the texts always comes out. */
  public static Choices of(List<String> texts) {
    return new Choices(texts, Optional.empty());
  }

  /**
   * What counts for a text: itself, itself with a capital, and both behind a space. The text itself
   * comes first.
   */
  static List<String> spellings(String text) {
    String first = text.substring(0, text.offsetByCodePoints(0, 1));
    String capital = first.toUpperCase(Locale.ROOT) + text.substring(first.length());
    return Stream.of(text, capital, " " + text, " " + capital).distinct().toList();
  }

  /** The text that an answer means, white space around it and case aside. */
  public Optional<String> meantBy(String answer) {
    String bare = answer.strip();
    return texts.stream()
        .filter(text -> text.strip().equals(bare))
        .findFirst()
        .or(() -> texts.stream().filter(text -> text.strip().equalsIgnoreCase(bare)).findFirst());
  }
}
