package dev.quern.executor.tokenizer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds special tokens in text: leftmost first, the longest where several begin. Immutable. */
final class SpecialTokens {
  /** A special token found in [start, end) of a text. */
  record Match(SpecialToken token, int start, int end) {}

  /** By first character, longest first. */
  private final Map<Character, List<SpecialToken>> byFirst = new HashMap<>();

  private final boolean stripLeft;
  private final int longest;

  SpecialTokens(Collection<SpecialToken> tokens) {
    stripLeft = tokens.stream().anyMatch(SpecialToken::stripLeft);
    longest = tokens.stream().mapToInt(token -> token.content().length()).max().orElse(0);
    for (SpecialToken token : tokens) {
      byFirst.computeIfAbsent(token.content().charAt(0), _ -> new ArrayList<>()).add(token);
    }
    Comparator<SpecialToken> longestFirst =
        Comparator.comparingInt((SpecialToken token) -> token.content().length()).reversed();
    byFirst.values().forEach(list -> list.sort(longestFirst));
  }

  /** The first special token that lies wholly in [from, to) of the text. */
  Optional<Match> find(String text, int from, int to) {
    for (int start = from; start < to; start++) {
      for (SpecialToken token : byFirst.getOrDefault(text.charAt(start), List.of())) {
        if (token.matches(text, start, to)) {
          return Optional.of(new Match(token, start, start + token.content().length()));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The first place in [from, end of the text] where a special token begins that needs more text
   * than there is; the end where none does.
   */
  int begun(String text, int from) {
    int first = Math.max(from, text.length() - longest + 1);
    for (int start = first; start < text.length(); start++) {
      int length = text.length() - start;
      for (SpecialToken token : byFirst.getOrDefault(text.charAt(start), List.of())) {
        if (token.content().length() > length
            && text.regionMatches(start, token.content(), 0, length)) {
          return start;
        }
      }
    }
    return text.length();
  }

  /** Whether white space before some special token belongs to it. */
  boolean stripLeft() {
    return stripLeft;
  }
}
