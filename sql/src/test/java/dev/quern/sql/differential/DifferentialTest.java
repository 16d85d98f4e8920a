package dev.quern.sql.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Generated queries give the same rows with every pass on and on plain Calcite, where GENERATE is a
 * function of one row. {@code -Dquern.differential.seed=N} runs one seed, {@code
 * -Dquern.differential.seeds=FROM-TO} others than the usual.
 */
class DifferentialTest {
  private static final String SEEDS = System.getProperty("quern.differential.seeds", "1-1000");
  private static final Long SEED = Long.getLong("quern.differential.seed");

  /** Of a hundred queries, most that a side may refuse. */
  private static final int MOST_REFUSED = 5;

  @TempDir private Path folder;
  private final List<String> failures = new ArrayList<>();
  private final Map<String, Integer> refusals = new TreeMap<>();
  private final Map<Place, Integer> calls = new EnumMap<>(Place.class);
  private final Map<Shape, Integer> shapes = new EnumMap<>(Shape.class);
  private int compared;
  private int withRows;

  private static LongStream seeds() {
    if (SEED != null) {
      return LongStream.of(SEED);
    }
    List<Long> ends = Arrays.stream(SEEDS.split("-")).map(Long::valueOf).toList();
    return LongStream.rangeClosed(ends.getFirst(), ends.getLast());
  }

  @Test
  void sameRowsWithAllPassesAndWithNone() {
    var reference = new Reference();
    long asked;
    try (var subject = new Subject(folder)) {
      seeds().forEach(seed -> compare(seed, subject, reference));
      asked = subject.calls();
    }
    System.out.println(report(asked));
    assertEquals(List.of(), failures, () -> failures.size() + " seeds differ");
    if (SEED == null) {
      long refused = refusals.values().stream().mapToInt(Integer::intValue).sum();
      assertTrue(refused * 100 <= seeds().count() * MOST_REFUSED, () -> "refused: " + refusals);
      assertCovered();
    }
  }

  private void compare(long seed, Subject subject, Reference reference) {
    GeneratedQuery ours = GeneratedQuery.of(seed, Dialect.QUERN);
    String theirs = GeneratedQuery.of(seed, Dialect.REFERENCE).sql();
    Outcome actual = subject.run(ours.sql());
    Outcome expected = reference.run(theirs);
    for (Outcome outcome : List.of(actual, expected)) {
      if (outcome instanceof Outcome.Refused(String reason)) {
        refusals.merge(reason.replaceAll("line \\d+, column \\d+: ", ""), 1, Integer::sum);
        return;
      }
    }
    if (expected instanceof Outcome.Rows(List<String> rows)
        && actual instanceof Outcome.Rows(List<String> given)
        && (ours.ordered() ? rows.equals(given) : sorted(rows).equals(sorted(given)))) {
      compared++;
      withRows += rows.isEmpty() ? 0 : 1;
      ours.calls().forEach(place -> calls.merge(place, 1, Integer::sum));
      ours.shapes().forEach(shape -> shapes.merge(shape, 1, Integer::sum));
      return;
    }
    String failure = describe(seed, ours, theirs, expected, actual);
    System.out.println(failure);
    failures.add(failure);
  }

  private static List<String> sorted(List<String> rows) {
    return rows.stream().sorted().toList();
  }

  private static String describe(
      long seed, GeneratedQuery query, String theirs, Outcome expected, Outcome actual) {
    return "\nseed "
        + seed
        + (query.ordered() ? " (in order)" : "")
        + ", again with -Dquern.differential.seed="
        + seed
        + "\n"
        + query.sql()
        + (SEED == null ? "" : "\nreference: " + theirs)
        + "\nexpected "
        + describe(expected)
        + "\nactual   "
        + describe(actual);
  }

  private static String describe(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Rows(List<String> rows) ->
          rows.size()
              + " rows: "
              + rows.stream().limit(SEED == null ? 8 : 1000).collect(Collectors.joining("; "));
      case Outcome.Refused(String reason) -> "refused: " + reason;
      case Outcome.Failed(Throwable cause) -> "failed: " + trace(cause);
    };
  }

  private static String trace(Throwable cause) {
    String first =
        String.valueOf(cause.getMessage()).lines().limit(3).collect(Collectors.joining(" "));
    if (SEED == null) {
      return cause.getClass().getSimpleName() + " " + first;
    }
    var text = new java.io.StringWriter();
    cause.printStackTrace(new java.io.PrintWriter(text));
    return text.toString();
  }

  private String report(long asked) {
    return "differential: "
        + compared
        + " queries gave the same, "
        + withRows
        + " of them rows; "
        + failures.size()
        + " differ; refused "
        + refusals
        + "; prompts "
        + asked
        + "\ncalls in "
        + calls
        + "\nshapes "
        + shapes;
  }

  /** The grammar still makes what it was written for. */
  private void assertCovered() {
    for (Place place : Place.values()) {
      assertTrue(calls.getOrDefault(place, 0) >= 10, () -> "calls in " + place + ": " + calls);
    }
    for (Shape shape : Shape.values()) {
      assertTrue(shapes.getOrDefault(shape, 0) >= 10, () -> shape + ": " + shapes);
    }
    assertTrue(withRows * 2 > compared, () -> withRows + " of " + compared + " gave rows");
  }
}
