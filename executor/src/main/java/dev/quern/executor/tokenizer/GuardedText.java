package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.PromptPart;
import dev.quern.executor.tokenizer.jinja.PythonText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps untrusted text untrusted on its way through a template. Each special token's characters in
 * it are put between two marks, noncharacters that the conversation does not hold; the rendered
 * text is cut there again. What stands between the marks stays whole, so that a template that looks
 * for it finds it.
 */
final class GuardedText {
  /** The characters before and behind a guarded text. */
  record Marks(char open, char close) {}

  /** By first character in lower case, longest first. */
  private final Map<Character, List<String>> special = new HashMap<>();

  /** The same in all forms in which a template may write them: one may hold another. */
  private final Map<Character, List<String>> written = new HashMap<>();

  GuardedText(Set<String> special) {
    add(special, this.special);
    add(special.stream().flatMap(token -> PythonText.forms(token).stream()).toList(), written);
  }

  private static void add(Collection<String> tokens, Map<Character, List<String>> index) {
    for (String token : tokens) {
      index
          .computeIfAbsent(Character.toLowerCase(token.charAt(0)), _ -> new ArrayList<>())
          .add(token);
    }
    index.values().forEach(list -> list.sort(Comparator.comparingInt(String::length).reversed()));
  }

  /** Two noncharacters that none of the texts holds. */
  static Marks marks(List<String> texts) {
    StringBuilder free = new StringBuilder();
    for (char c = PythonText.FIRST_MARK; c <= PythonText.LAST_MARK && free.length() < 2; c++) {
      char mark = c;
      if (texts.stream().allMatch(text -> text.indexOf(mark) < 0)) {
        free.append(c);
      }
    }
    if (free.length() < 2) {
      throw new IllegalArgumentException(
          "the conversation holds all of the noncharacters U+FDD2 to U+FDEF; remove some");
    }
    return new Marks(free.charAt(0), free.charAt(1));
  }

  /** The content with its special tokens marked, but for those wholly in trusted text. */
  String guard(List<PromptPart> content, Marks marks) {
    PromptText joined = PromptText.of(content);
    String text = joined.text();
    StringBuilder out = new StringBuilder(text.length() + 16);
    int i = 0;
    while (i < text.length()) {
      int length = longest(special, text, i);
      int end = i + length;
      int start = i;
      boolean trusted =
          joined.trusted().stream().anyMatch(run -> run.start() <= start && end <= run.end());
      if (length == 0 || trusted) {
        int copied = Math.max(1, length);
        out.append(text, i, i + copied);
        i += copied;
      } else {
        out.append(marks.open()).append(text, i, end).append(marks.close());
        i = end;
      }
    }
    return out.toString();
  }

  /** Length of the longest special token here, in any letter case: a template may change it. */
  private static int longest(Map<Character, List<String>> tokens, String text, int at) {
    for (String token : tokens.getOrDefault(Character.toLowerCase(text.charAt(at)), List.of())) {
      if (text.regionMatches(true, at, token, 0, token.length())) {
        return token.length();
      }
    }
    return 0;
  }

  /** The rendered text as parts: guarded texts untrusted, the rest trusted. */
  List<PromptPart> split(String rendered, Marks marks) {
    List<PromptPart> parts = new ArrayList<>();
    StringBuilder trusted = new StringBuilder();
    int i = 0;
    while (i < rendered.length()) {
      char c = rendered.charAt(i);
      int length =
          c == marks.open() && i + 1 < rendered.length() ? longest(written, rendered, i + 1) : 0;
      boolean closed =
          length > 0
              && i + 1 + length < rendered.length()
              && rendered.charAt(i + 1 + length) == marks.close();
      if (closed) {
        flush(trusted, parts);
        parts.add(PromptPart.value(rendered.substring(i + 1, i + 1 + length)));
        i += length + 2;
      } else {
        // A mark without its partner: the template has cut out what it guarded.
        if (c != marks.open() && c != marks.close()) {
          trusted.append(c);
        }
        i++;
      }
    }
    flush(trusted, parts);
    return parts;
  }

  private static void flush(StringBuilder trusted, List<PromptPart> parts) {
    if (!trusted.isEmpty()) {
      parts.add(PromptPart.literal(trusted.toString()));
      trusted.setLength(0);
    }
  }
}
