package dev.quern.executor.engine;

import dev.quern.executor.tokenizer.Tokenizer.StreamDecoder;
import java.util.List;
import java.util.Optional;

/**
 * The text of one answer as its tokens come: ends at stop strings, and holds back what may yet turn
 * out to be the beginning of one.
 */
final class AnswerText {
  private final StreamDecoder decoder;
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private Optional<String> stopped = Optional.empty();

  AnswerText(StreamDecoder decoder, List<String> stops) {
    this.decoder = decoder;
    this.stops = stops;
  }

  /**
   * Adds a token.
   *
   * @param honourStops false before min_tokens: text so far can no longer be part of a stop string
   * @return text that is certain now
   */
  String next(int id, boolean honourStops) {
    held.append(decoder.next(id));
    return take(honourStops);
  }

  /** The rest, when no more tokens come. */
  String finish(boolean honourStops) {
    if (stopped()) {
      return ""; // what follows the stop string is no part of the answer
    }
    held.append(decoder.finish());
    String text = take(honourStops);
    if (stopped()) {
      return text;
    }
    String rest = held.toString();
    held.setLength(0);
    return text + rest;
  }

  /** Whether a stop string has ended the answer. */
  boolean stopped() {
    return stopped.isPresent();
  }

  /** The stop string that ended the answer. */
  Optional<String> stop() {
    return stopped;
  }

  private String take(boolean honourStops) {
    int end = held.length();
    if (honourStops && !stopped()) {
      for (String stop : stops) {
        int at = held.indexOf(stop);
        if (at >= 0 && at < end) {
          end = at;
          stopped = Optional.of(stop);
        }
      }
      if (!stopped()) {
        end -= possibleStart();
      }
    }
    String text = held.substring(0, end);
    held.delete(0, stopped() ? held.length() : end);
    return text;
  }

  /** Length of the longest end of the held text that begins a stop string. */
  private int possibleStart() {
    int longest = 0;
    for (String stop : stops) {
      for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
        if (heldEndsWithStart(stop, n)) {
          longest = n;
        }
      }
    }
    return longest;
  }

  private boolean heldEndsWithStart(String stop, int length) {
    int from = held.length() - length;
    for (int i = 0; i < length; i++) {
      if (held.charAt(from + i) != stop.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
