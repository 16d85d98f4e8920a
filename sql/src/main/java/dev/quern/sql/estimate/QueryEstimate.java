package dev.quern.sql.estimate;

import dev.quern.planner.cost.CallEstimate;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What a query is expected to cost.
 *
 * @param calls its calls, inner ones first
 * @param seconds of each call; empty where the model's speed is not known
 * @param rows rows through GENERATE: of each node once
 * @param kvBlocks blocks of the models' KV caches
 * @param read false where reading took too long: what was not read is taken for what was
 */
public record QueryEstimate(
    List<CallEstimate> calls,
    List<OptionalDouble> seconds,
    double rows,
    long kvBlocks,
    boolean read) {

  /** All calls together. */
  public CallEstimate total() {
    CallEstimate sum = calls.stream().reduce((a, b) -> a.plus(b, "")).orElseThrow();
    return sum.withRows(rows);
  }

  public OptionalDouble totalSeconds() {
    return seconds.stream().allMatch(OptionalDouble::isPresent)
        ? OptionalDouble.of(seconds.stream().mapToDouble(OptionalDouble::getAsDouble).sum())
        : OptionalDouble.empty();
  }

  /** Lines for people: one a call where there are several, and the sum. */
  public List<String> lines() {
    List<String> lines = new java.util.ArrayList<>();
    for (int i = 0; calls.size() > 1 && i < calls.size(); i++) {
      lines.add(line("estimate of " + calls.get(i).call(), calls.get(i), seconds.get(i)));
    }
    lines.add(line("estimate", total(), totalSeconds()));
    if (!read) {
      lines.add("estimate: not all was read in time; the rest is taken to be like what was");
    }
    return lines;
  }

  private String line(String name, CallEstimate e, OptionalDouble seconds) {
    var text = new StringBuilder(name);
    text.append(e.assumed() ? " (assumed)" : "").append(e.sampled() ? " (sampled)" : "");
    text.append(": rows ").append(Math.round(e.rows()));
    text.append(", distinct prompts ").append(Math.round(e.prompts()));
    text.append(", prompt tokens ").append(Math.round(e.promptTokens()));
    text.append(", after sharing ").append(Math.round(e.computedTokens()));
    if (e.recomputedTokens() >= 0.5) {
      text.append(" (").append(Math.round(e.recomputedTokens())).append(" computed again)");
    }
    text.append(", completion tokens up to ").append(Math.round(e.answerTokens()));
    text.append(", KV blocks ").append(Math.round(e.kvBlocks())).append(" of ").append(kvBlocks);
    seconds.ifPresent(s -> text.append(String.format(Locale.ROOT, ", seconds %.1f", s)));
    return text.toString();
  }
}
