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
 */
record PromptText(String text, List<Run> trusted) {
  /** Characters [start, end). */
  record Run(int start, int end) {}

  static PromptText of(List<PromptPart> parts) {
    StringBuilder text = new StringBuilder();
    List<Run> trusted = new ArrayList<>();
    int runStart = -1;
    for (PromptPart part : parts) {
      if (part.trusted() && runStart < 0) {
        runStart = text.length();
      } else if (!part.trusted() && runStart >= 0) {
        trusted.add(new Run(runStart, text.length()));
        runStart = -1;
      }
      text.append(part.text());
    }
    if (runStart >= 0) {
      trusted.add(new Run(runStart, text.length()));
    }
    return new PromptText(requireUnicode(text.toString()), trusted);
  }

  private static String requireUnicode(String text) {
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
        throw new IllegalArgumentException(
            "the prompt is no valid Unicode text: character %d is a lone surrogate U+%04X; remove or replace it"
                .formatted(i, (int) c));
      }
    }
    return text;
  }
}
