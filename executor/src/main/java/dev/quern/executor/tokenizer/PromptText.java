package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.PromptPart;
import java.util.ArrayList;
import java.util.List;

/**
 * Parts joined.
 *
 * @param text all characters
 * @param trusted the runs of trusted text, in order; adjacent trusted parts are one run. An
 *     untrusted part ends a run even when it is empty, so that no value, whatever it is, completes
 *     a special token.
 * @param open whether the last run goes on if trusted text follows
 */
record PromptText(String text, List<Run> trusted, boolean open) {
  /** Characters [start, end). */
  record Run(int start, int end) {}

  private static final PromptText NOTHING = new PromptText("", List.of(), false);

  static PromptText of(List<PromptPart> parts) {
    return NOTHING.append(parts);
  }

  /** The text of these parts and further ones, if it is valid Unicode. */
  PromptText append(List<PromptPart> parts) {
    StringBuilder more = new StringBuilder();
    List<Run> runs = new ArrayList<>(trusted);
    int runStart = open ? runs.removeLast().start() : -1;
    for (PromptPart part : parts) {
      int end = text.length() + more.length();
      if (part.trusted() && runStart < 0) {
        runStart = end;
      } else if (!part.trusted() && runStart >= 0) {
        runs.add(new Run(runStart, end));
        runStart = -1;
      }
      more.append(part.text());
    }
    int lone = loneSurrogate(more);
    if (lone >= 0) {
      throw new IllegalArgumentException(
          "the prompt is no valid Unicode text: character %d is a lone surrogate U+%04X; remove or replace it"
              .formatted(text.length() + lone, (int) more.charAt(lone)));
    }
    if (runStart >= 0) {
      runs.add(new Run(runStart, text.length() + more.length()));
    }
    return new PromptText(text.concat(more.toString()), runs, runStart >= 0);
  }

  /** Index of the first surrogate that is no half of a pair, or -1. */
  static int loneSurrogate(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else {
        return i;
      }
    }
    return -1;
  }
}
