package dev.quern.server.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One connection of a client that may mean ill.
 *
 * @param seed makes the same case again
 * @param kind what is wrong with it
 * @param steps what is done, in order
 * @param answers least number of answers that must come
 */
record WireCase(long seed, String kind, List<Step> steps, int answers) {
  /** What a client does. */
  sealed interface Step {}

  record Send(byte[] bytes) implements Step {}

  record Pause(int millis) implements Step {}

  /** Says that nothing more will come; reading goes on. */
  record End() implements Step {}

  /** Ends the connection without a word (a TCP reset); nothing is read. */
  record Reset() implements Step {}

  WireCase {
    steps = List.copyOf(steps);
  }

  boolean resets() {
    return steps.stream().anyMatch(Reset.class::isInstance);
  }

  /** The first bytes, for people. */
  @Override
  public String toString() {
    var text = new StringBuilder();
    for (Step step : steps) {
      text.append(
          switch (step) {
            case Send(byte[] bytes) -> printable(bytes);
            case Pause(int millis) -> "<pause " + millis + ">";
            case End() -> "<end>";
            case Reset() -> "<reset>";
          });
    }
    String shown = text.length() > 400 ? text.substring(0, 400) + ".." : text.toString();
    return kind + " (-Dquern.fuzz.seed=" + seed + " -Dquern.fuzz.requests=1): " + shown;
  }

  private static String printable(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1)
        .replace("\r", "\\r")
        .replace("\n", "\\n")
        .replaceAll("[^ -~]", "?");
  }
}
