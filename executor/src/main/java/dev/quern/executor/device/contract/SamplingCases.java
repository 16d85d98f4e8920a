package dev.quern.executor.device.contract;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.DeviceException;
import dev.quern.executor.device.Sampling;
import dev.quern.executor.device.SamplingRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The sampler: the same ids as the reference for the same logits. */
final class SamplingCases {
  private SamplingCases() {}

  static List<ContractCase> cases() {
    List<ContractCase> cases = new ArrayList<>();
    for (int ids : new int[] {13, 64, 207, 4098, 100_003}) {
      cases.add(
          new ContractCase(
              "sample of " + ids + " ids",
              (reference, subject, inputs) -> sample(reference, subject, inputs, ids)));
    }
    for (int ids : new int[] {1, 13, 4098, 49_152, 100_003}) {
      cases.add(
          new ContractCase(
              "greedy sample of " + ids + " ids: ties to the lower id, masked ids, any batch",
              (reference, subject, inputs) -> greedy(reference, subject, inputs, ids)));
    }
    for (int ids : new int[] {1, 13, 64, 207, 4098, 100_003}) {
      cases.add(
          new ContractCase(
              "log-probabilities of " + ids + " ids: masked ids, rows left out, any batch",
              (reference, subject, inputs) -> logProbabilities(reference, subject, inputs, ids)));
    }
    for (int ids : new int[] {1, 13, 64, 207, 4098, 100_003}) {
      cases.add(
          new ContractCase(
              "largest of " + ids + " logits: ties to the lower id, masked ids, rows left out",
              (reference, subject, inputs) -> largest(reference, subject, inputs, ids)));
    }
    cases.add(
        new ContractCase("sample of a broken row is an error", (_, subject, _) -> broken(subject)));
    return cases;
  }

  /**
   * Logits of few distinct values, so that the largest stands in several places; some rows must not
   * draw the one that would be drawn.
   */
  private static void greedy(Device reference, Device subject, Inputs inputs, int ids) {
    for (int count : new int[] {1, 2, 33}) {
      float[] logits = inputs.floats(count * ids);
      for (int i = 0; i < logits.length; i++) {
        logits[i] = i % ids % 7 == 6 ? Float.NEGATIVE_INFINITY : Math.round(logits[i] * 8) - 20;
      }
      SamplingRow[] rows = new SamplingRow[count];
      for (int i = 0; i < count; i++) {
        rows[i] = greedy(i, null);
      }
      int[] best = draw(reference, logits, rows, ids);
      for (int i = 3; i < count && ids > 1; i += 4) {
        rows[i] = greedy(i, new int[] {i % ids, best[i]});
      }
      Compare.same("ids", draw(reference, logits, rows, ids), draw(subject, logits, rows, ids));
    }
  }

  private static void logProbabilities(
      Device reference, Device subject, Inputs inputs, int columns) {
    int count = 5;
    float[] logits = inputs.floats(count * columns);
    for (int i = 1; i < logits.length; i += 7) {
      logits[i] = i % columns == 0 ? 30 : Float.NEGATIVE_INFINITY;
    }
    int[][] ids = new int[count][];
    for (int i = 0; i < count; i += 2) {
      ids[i] = new int[] {0, columns / 2, columns - 1};
    }
    double[][] expected = logProbabilities(reference, logits, ids, columns);
    double[][] actual = logProbabilities(subject, logits, ids, columns);
    for (int i = 0; i < count; i++) {
      Compare.that((ids[i] == null) == (actual[i] == null), "row " + i + " is not left out");
      if (ids[i] != null) {
        double[][] alone =
            logProbabilities(
                subject,
                Arrays.copyOfRange(logits, i * columns, (i + 1) * columns),
                new int[][] {ids[i]},
                columns);
        Compare.that(Arrays.equals(alone[0], actual[i]), "row " + i + " differs in its batch");
        for (int k = 0; k < ids[i].length; k++) {
          double difference = Math.abs(expected[i][k] - actual[i][k]);
          Compare.that(
              expected[i][k] == actual[i][k] || difference <= 1e-5,
              "log-probability ["
                  + i
                  + ", "
                  + k
                  + "]: expected "
                  + expected[i][k]
                  + " but got "
                  + actual[i][k]);
        }
      }
    }
  }

  private static double[][] logProbabilities(
      Device device, float[] logits, int[][] ids, int columns) {
    double[][] out = new double[ids.length][];
    for (int i = 0; i < ids.length; i++) {
      out[i] = ids[i] == null ? null : new double[ids[i].length];
    }
    try (Guarded tensor = Guarded.plain(device, logits, ids.length, columns)) {
      device.logProbabilities(out, tensor.tensor(), ids, ids.length);
    }
    return out;
  }

  /** Logits of few distinct values; what is drawn in between leaves them as they are. */
  private static void largest(Device reference, Device subject, Inputs inputs, int columns) {
    int count = 5;
    float[] logits = inputs.floats(count * columns);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = i % 7 == 6 ? Float.NEGATIVE_INFINITY : Math.round(logits[i] * 8) - 20;
    }
    int[] most = {20, 0, 1, 5, 20};
    int[] answer = {0};
    SamplingRow[] drawn = new SamplingRow[count];
    Arrays.fill(
        drawn,
        new SamplingRow(
            new Sampling(1, 1, 0, 0, 1.5, 1, 1),
            7,
            3,
            answer,
            answer,
            1,
            null,
            answer,
            new float[] {50}));
    int[][] expected = largest(reference, logits, drawn, most, columns);
    int[][] actual = largest(subject, logits, drawn, most, columns);
    for (int i = 0; i < count; i++) {
      Compare.that((most[i] == 0) == (actual[i] == null), "row " + i + " is not left out");
      if (actual[i] != null) {
        Compare.same("largest of row " + i, expected[i], actual[i]);
        Compare.same("sorted ids of row " + i, sorted(logits, i, most[i], columns), actual[i]);
      }
    }
  }

  /** The ids by sorting the whole row. */
  private static int[] sorted(float[] logits, int row, int most, int columns) {
    return IntStream.range(0, columns)
        .filter(id -> logits[row * columns + id] != Float.NEGATIVE_INFINITY)
        .boxed()
        .sorted(
            Comparator.<Integer>comparingDouble(id -> -logits[row * columns + id])
                .thenComparing(id -> id))
        .limit(most)
        .mapToInt(id -> id)
        .toArray();
  }

  /**
   * @param drawn rows that are drawn from the same logits before
   */
  private static int[][] largest(
      Device device, float[] logits, SamplingRow[] drawn, int[] most, int columns) {
    int[][] ids = new int[most.length][];
    try (Guarded tensor = Guarded.plain(device, logits, most.length, columns)) {
      if (drawn.length > 0) {
        device.sample(new int[drawn.length], tensor.tensor(), drawn, drawn.length);
      }
      device.largest(ids, tensor.tensor(), most, most.length);
    }
    return ids;
  }

  private static SamplingRow greedy(int row, int[] banned) {
    return new SamplingRow(Sampling.GREEDY, row, row, null, null, 0, banned, null, null);
  }

  private static void broken(Device subject) {
    int ids = 20_000;
    SamplingRow[] rows = {new SamplingRow(Sampling.GREEDY, 1, 1)};
    for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      for (int at : new int[] {0, 9_999, ids - 1}) {
        float[] logits = new float[ids];
        logits[at] = wrong;
        refuses(subject, logits, rows, "token " + at);
      }
    }
    float[] masked = new float[ids];
    Arrays.fill(masked, Float.NEGATIVE_INFINITY);
    refuses(subject, masked, rows, "banned or masked");
  }

  private static void refuses(Device subject, float[] logits, SamplingRow[] rows, String why) {
    try {
      int[] drawn = draw(subject, logits, rows, logits.length);
      throw new ContractViolation(why + ": expected an error but token " + drawn[0] + " was drawn");
    } catch (DeviceException e) {
      Compare.that(e.getMessage().contains(why), "expected '" + why + "' in: " + e.getMessage());
    }
    try {
      double[][] out = logProbabilities(subject, logits, new int[][] {{0}}, logits.length);
      throw new ContractViolation(why + ": expected an error but got " + out[0][0]);
    } catch (DeviceException e) {
      Compare.that(e.getMessage().startsWith("log-probabilities: "), e.getMessage());
    }
    if (why.startsWith("token")) {
      try {
        int[][] ids = largest(subject, logits, new SamplingRow[0], new int[] {1}, logits.length);
        throw new ContractViolation(why + ": expected an error but got " + ids[0][0]);
      } catch (DeviceException e) {
        Compare.that(e.getMessage().contains(why), e.getMessage());
      }
    }
  }

  private static void sample(Device reference, Device subject, Inputs inputs, int ids) {
    int count = 9;
    float[] logits = inputs.floats(count * ids);
    int[] prompt = inputs.ints(20, ids);
    int[] answer = inputs.ints(10, ids);
    int[] banned = inputs.ints(3, ids);
    int[] biased = IntStream.range(0, 3).map(i -> i * (ids - 1) / 2).toArray();
    SamplingRow[] rows = new SamplingRow[count];
    for (int i = 0; i < count; i++) {
      rows[i] =
          new SamplingRow(
              new Sampling(
                  i % 3 * 0.7,
                  i % 2 == 0 ? 1 : 0.8,
                  i % 4 == 0 ? 0 : 5,
                  i % 5 == 0 ? 0.1 : 0,
                  i < 3 ? 1 : 1.3,
                  i < 5 ? 0 : 0.5,
                  i < 6 ? 0 : 0.2),
              99 + i,
              i,
              prompt,
              answer,
              7,
              banned,
              i % 2 == 0 ? null : biased,
              i % 2 == 0 ? null : new float[] {3, -2, i});
    }
    Compare.same("ids", draw(reference, logits, rows, ids), draw(subject, logits, rows, ids));
  }

  private static int[] draw(Device device, float[] logits, SamplingRow[] rows, int ids) {
    int[] drawn = new int[rows.length];
    try (Guarded tensor = Guarded.plain(device, logits, rows.length, ids)) {
      device.sample(drawn, tensor.tensor(), rows, rows.length);
    }
    return drawn;
  }
}
