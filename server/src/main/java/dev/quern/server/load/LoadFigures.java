package dev.quern.server.load;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What so many clients at once got.
 *
 * @param answered requests answered whole
 * @param left requests that the client gave up on purpose
 * @param errors failed requests by HTTP status, {@code connection} or {@code stream}
 * @param example the message of one of the failed requests; empty without any
 * @param promptTokens mean of the answered requests, as the server counts
 * @param cachedTokens mean of those that the server had computed before
 * @param generatedTokens all tokens of answered requests
 * @param seconds from the first request sent to the last answer
 */
public record LoadFigures(
    int clients,
    int answered,
    int left,
    Map<String, Integer> errors,
    String example,
    double promptTokens,
    double cachedTokens,
    long generatedTokens,
    double seconds,
    Percentiles timeToFirstToken,
    Percentiles timePerOutputToken,
    Percentiles endToEnd) {

  /** Milliseconds, by nearest rank; NaN of nothing. */
  public record Percentiles(double p50, double p95) {
    static Percentiles of(double[] nanoseconds) {
      double[] sorted = Arrays.stream(nanoseconds).filter(n -> !Double.isNaN(n)).sorted().toArray();
      return new Percentiles(rank(sorted, 0.5), rank(sorted, 0.95));
    }

    private static double rank(double[] sorted, double share) {
      return sorted.length == 0
          ? Double.NaN
          : sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
    }
  }

  static LoadFigures of(int clients, List<Outcome> outcomes, double seconds) {
    List<Outcome.Answered> answered =
        outcomes.stream()
            .filter(Outcome.Answered.class::isInstance)
            .map(Outcome.Answered.class::cast)
            .toList();
    Map<String, Integer> errors = new TreeMap<>();
    String example = "";
    int left = 0;
    for (Outcome outcome : outcomes) {
      switch (outcome) {
        case Outcome.Answered _ -> {}
        case Outcome.Left _ -> left++;
        case Outcome.Failed(String kind, String message) -> {
          errors.merge(kind, 1, Integer::sum);
          example = message;
        }
      }
    }
    return new LoadFigures(
        clients,
        answered.size(),
        left,
        errors,
        example,
        answered.stream().mapToInt(Outcome.Answered::promptTokens).average().orElse(0),
        answered.stream().mapToInt(Outcome.Answered::cachedTokens).average().orElse(0),
        answered.stream().mapToLong(Outcome.Answered::generatedTokens).sum(),
        seconds,
        percentiles(answered, Outcome.Answered::firstToken),
        percentiles(answered, Outcome.Answered::perToken),
        percentiles(answered, Outcome.Answered::end));
  }

  private static Percentiles percentiles(
      List<Outcome.Answered> answered, ToDoubleFunction<Outcome.Answered> nanoseconds) {
    return Percentiles.of(answered.stream().mapToDouble(nanoseconds).toArray());
  }

  public double outputTokensPerSecond() {
    return generatedTokens / seconds;
  }

  public double requestsPerSecond() {
    return answered / seconds;
  }
}
