package dev.quern.executor.device.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.DeviceException;
import dev.quern.executor.device.Sampling;
import dev.quern.executor.device.SamplingRow;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class SamplerTest {
  private static final float MASKED = Float.NEGATIVE_INFINITY;

  private static SamplingRow row(double temperature, double topP, int topK, double minP, int at) {
    return new SamplingRow(new Sampling(temperature, topP, topK, minP, 1, 0, 0), 42, at);
  }

  private static SamplingRow penalized(
      double repetition, double presence, double frequency, int[] prompt, int[] answer) {
    var sampling = new Sampling(0, 1, 0, 0, repetition, presence, frequency);
    return new SamplingRow(sampling, 0, 0, prompt, answer, answer.length, null, null, null);
  }

  private static int next(SamplingRow row, float... logits) {
    Sampler sampler = new Sampler(logits.length);
    System.arraycopy(logits, 0, sampler.logits(), 0, logits.length);
    return sampler.next(row);
  }

  private static Set<Integer> drawn(float[] logits, double topP, int topK, double minP) {
    Set<Integer> ids = new TreeSet<>();
    Sampler sampler = new Sampler(logits.length);
    for (int position = 0; position < 2000; position++) {
      System.arraycopy(logits, 0, sampler.logits(), 0, logits.length);
      ids.add(sampler.next(row(1, topP, topK, minP, position)));
    }
    return ids;
  }

  private static Set<Integer> ids(Integer... ids) {
    return new TreeSet<>(Arrays.asList(ids));
  }

  @Test
  void greedyTiesGoToTheLowerId() {
    assertEquals(1, next(row(0, 1, 0, 0, 0), 0, 3, 3, 2));
  }

  @Test
  void nanAndInfinityAreErrorsThatNameTheToken() {
    for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      var error =
          assertThrows(DeviceException.class, () -> next(row(0, 1, 0, 0, 7), 0, broken, MASKED, 1));
      assertTrue(error.getMessage().contains("position 7"), error.getMessage());
      assertTrue(error.getMessage().contains("token 1 "), error.getMessage());
    }
  }

  @Test
  void nothingLeftToDrawIsAnError() {
    assertThrows(DeviceException.class, () -> next(row(1, 1, 0, 0, 0), MASKED, MASKED));
  }

  @Test
  void repetitionPenaltyCountsAnIdOnceWhereverItStands() {
    int[] seen = {0, 0};
    assertEquals(1, next(penalized(2, 0, 0, seen, seen), 3, 2, -1)); // 3 / 2, not 3 / 4 or less
    assertEquals(0, next(penalized(2, 0, 0, seen, seen), 4.5f, 2, -1));
    assertEquals(1, next(penalized(2, 0, 0, new int[] {0}, new int[0]), -1, -1.5f));
  }

  @Test
  void presenceCountsOnceAndFrequencyPerOccurrenceInTheAnswerOnly() {
    int[] answer = {0, 0, 0};
    assertEquals(0, next(penalized(1, 1, 0, null, answer), 3, 1.9f));
    assertEquals(1, next(penalized(1, 0, 1, null, answer), 3, 1.9f));
    assertEquals(0, next(penalized(1, 1, 1, new int[] {0}, new int[0]), 3, 2.9f));
  }

  @Test
  void bannedIdsAreNeverDrawn() {
    var banned = new SamplingRow(Sampling.GREEDY, 0, 0, null, null, 0, new int[] {1}, null, null);
    assertEquals(2, next(banned, 0, 9, 3));
  }

  private static SamplingRow biased(double repetition, int[] seen, int[] banned, float bias) {
    int[] ids = {1};
    float[] values = {bias};
    var sampling = new Sampling(0, 1, 0, 0, repetition, 0, 0);
    return new SamplingRow(sampling, 0, 0, seen, seen, seen.length, banned, ids, values);
  }

  @Test
  void biasIsAddedBehindThePenaltiesAndBeforeTheBans() {
    int[] none = {};
    assertEquals(1, next(biased(1, none, null, 2.5f), 4, 2, 1));
    assertEquals(0, next(biased(1, none, null, 1.5f), 4, 2, 1));
    // 2 / 4 + 3.6 = 4.1; in the other order (2 + 3.6) / 4 = 1.4.
    assertEquals(1, next(biased(4, new int[] {1}, null, 3.6f), 4, 2, 1));
    assertEquals(0, next(biased(1, none, new int[] {1}, 100), 4, 2, 1));
  }

  @Test
  void topKKeepsTheLowerIdsAmongEquals() {
    assertEquals(ids(1, 3), drawn(new float[] {0, 1, 1, 2, 1}, 1, 2, 0));
  }

  @Test
  void topPKeepsTheShortestRunThatReachesItsShare() {
    float[] logits = new float[5];
    double[] shares = {0.1, 0.4, 0.05, 0.3, 0.15};
    for (int i = 0; i < shares.length; i++) {
      logits[i] = (float) Math.log(shares[i]);
    }
    assertEquals(ids(1, 3), drawn(logits, 0.65, 0, 0));
    assertEquals(ids(1, 3, 4), drawn(logits, 0.75, 0, 0));
    assertEquals(ids(1, 3), drawn(logits, 0.75, 3, 0), "after top-k the three share 0.85");
    assertEquals(ids(1, 3, 4), drawn(logits, 1, 0, 0.35));
  }

  @Test
  void drawsFollowTheDistributionAndAreMaskedExactly() {
    int n = 5000;
    Sampler sampler = new Sampler(4);
    int[] count = new int[4];
    float[] logits = {(float) Math.log(0.5), MASKED, (float) Math.log(0.2), (float) Math.log(0.3)};
    for (int position = 0; position < n; position++) {
      System.arraycopy(logits, 0, sampler.logits(), 0, 4);
      count[sampler.next(row(1, 1, 0, 0, position))]++;
    }
    assertEquals(0, count[1]);
    assertEquals(0.5 * n, count[0], 4 * Math.sqrt(n * 0.25));
    assertEquals(0.2 * n, count[2], 4 * Math.sqrt(n * 0.16));
  }

  @Test
  void selectionAgreesWithAFullSortOnALargeVocabulary() {
    int vocabulary = 100_003;
    Random random = new Random(5);
    float[] logits = new float[vocabulary];
    Integer[] order = new Integer[vocabulary];
    for (int id = 0; id < vocabulary; id++) {
      logits[id] = Math.round(random.nextGaussian() * 40) / 10f; // many exact ties
      order[id] = id;
    }
    Arrays.sort(
        order, (a, b) -> logits[a] != logits[b] ? Float.compare(logits[b], logits[a]) : a - b);
    for (int k : new int[] {1, 2, 50, 5000}) {
      var allowed = new TreeSet<>(Arrays.asList(order).subList(0, k));
      Sampler sampler = new Sampler(vocabulary);
      for (int position = 0; position < 20; position++) {
        System.arraycopy(logits, 0, sampler.logits(), 0, vocabulary);
        int id = sampler.next(row(1.3, 0.999, k, 0, position));
        assertTrue(allowed.contains(id), "k " + k + " drew " + id);
      }
    }
  }

  @Test
  void theSameRowDrawsTheSameTokenAndAnotherSeedAnother() {
    float[] logits = new float[1000];
    var first = row(1, 1, 0, 0, 3);
    assertEquals(next(first, logits.clone()), next(first, logits.clone()));
    var other = new SamplingRow(first.sampling(), 43, 3);
    assertTrue(next(first, logits.clone()) != next(other, logits.clone()));
  }

  @Test
  void fastExpIsExactToFloat32() {
    for (float x = -86.9f; x <= 0; x += 0.00731f) {
      double exact = Math.exp(x);
      assertEquals(exact, FastExp.exp(x), 3e-7 * exact, "exp(" + x + ")");
    }
    assertEquals(1f, FastExp.exp(0f));
    assertEquals(0f, FastExp.exp(MASKED));
  }
}
