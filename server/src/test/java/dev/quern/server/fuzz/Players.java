package dev.quern.server.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.LongFunction;

/**
 * Plays cases by their seeds, some at a time.
 *
 * @param atOnce how many
 */
record Players(int atOnce) {
  /**
   * @param play plays the case of a seed and tells what is wrong with what came of it; empty when
   *     nothing is
   * @return all faults
   */
  List<String> play(long seed, int count, LongFunction<Callable<String>> play) throws Exception {
    var seats = new Semaphore(atOnce);
    List<Future<String>> running = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        Callable<String> one = play.apply(seed + i);
        seats.acquire();
        running.add(
            threads.submit(() -> {
              try {
                return one.call();
              } finally {
                seats.release();
              }
            }));
      }
    }
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      try {
        String fault = running.get(i).get();
        if (!fault.isEmpty()) {
          faults.add(fault);
        }
      } catch (ExecutionException e) {
        faults.add(e.getCause() + " with -Dquern.fuzz.seed=" + (seed + i));
      }
    }
    return faults;
  }
}
