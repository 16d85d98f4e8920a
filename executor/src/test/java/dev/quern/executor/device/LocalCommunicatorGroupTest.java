package dev.quern.executor.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class LocalCommunicatorGroupTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private List<Future<float[]>> reduce(LocalCommunicatorGroup group, float[][] inputs, int rounds) {
    List<Future<float[]>> results = new ArrayList<>();
    for (int r = 0; r < inputs.length; r++) {
      Communicator rank = group.rank(r);
      float[] values = inputs[r].clone();
      results.add(
          threads.submit(() -> {
            for (int i = 0; i < rounds; i++) {
              rank.allReduce(values, values.length);
            }
            return values;
          }));
    }
    return results;
  }

  @Test
  void everyRankGetsTheSumInRankOrderBitForBit() throws Exception {
    Random random = new Random(3);
    float[][] inputs = new float[3][1001];
    float[] expected = new float[1001];
    for (int i = 0; i < expected.length; i++) {
      for (int r = 0; r < 3; r++) {
        inputs[r][i] = random.nextFloat() * (r == 1 ? 1e7f : 1); // the order shows in the bits
      }
      expected[i] = inputs[0][i] + inputs[1][i] + inputs[2][i];
    }
    for (Future<float[]> result : reduce(new LocalCommunicatorGroup(3), inputs, 1)) {
      assertArrayEquals(expected, result.get());
    }
  }

  @Test
  void manyRoundsFollowOneAnother() throws Exception {
    float[][] inputs = {{1}, {1}};
    for (Future<float[]> result : reduce(new LocalCommunicatorGroup(2), inputs, 100)) {
      assertEquals(Math.pow(2, 100), result.get()[0]);
    }
  }

  @Test
  void onlyTheLeadingValuesAreSummed() {
    LocalCommunicatorGroup group = new LocalCommunicatorGroup(1);
    float[] values = {1, 2, 3};
    group.rank(0).allReduce(values, 2);
    assertArrayEquals(new float[] {1, 2, 3}, values);
    assertThrows(IndexOutOfBoundsException.class, () -> group.rank(0).allReduce(values, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> group.rank(1));
  }

  @Test
  void anAbortReleasesTheWaitingRankAndTheNext() {
    LocalCommunicatorGroup group = new LocalCommunicatorGroup(2);
    Future<?> waiting = threads.submit(() -> group.rank(0).allReduce(new float[1], 1));
    group.abort("rank 1 ran out of memory");
    var error = assertThrows(ExecutionException.class, waiting::get);
    assertTrue(error.getCause() instanceof DeviceException, error.toString());
    assertTrue(error.getMessage().contains("rank 1 ran out of memory"), error.getMessage());
    assertThrows(DeviceException.class, () -> group.rank(1).allReduce(new float[1], 1));
  }

  @Test
  void unequalCountsAreAnErrorOnEveryRank() {
    float[][] inputs = {{1, 2}, {1}};
    for (Future<float[]> result : reduce(new LocalCommunicatorGroup(2), inputs, 1)) {
      var error = assertThrows(ExecutionException.class, result::get);
      assertTrue(error.getCause() instanceof DeviceException, error.toString());
    }
  }
}
