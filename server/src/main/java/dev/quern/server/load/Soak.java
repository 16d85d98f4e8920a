package dev.quern.server.load;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A load that lasts, with clients that hang up at random moments, and the server's memory beside
 * it.
 *
 * @param clients how many at once
 * @param time how long
 * @param disconnect share of the requests whose client hangs up, at a moment that is uniform over
 *     the time that an answer took lately
 */
public record Soak(int clients, Duration time, double disconnect) {
  /** Requests that one client sends at start; answers' time is not known before any has come. */
  private static final long FIRST_GUESS = Duration.ofSeconds(1).toNanos();

  /**
   * Memory is taken with no request running, after the first minute and at each of so many parts.
   */
  private static final int PARTS = 2;

  /** Shows figures and memory of each part. */
  public void run(LoadRun load, Optional<ServerProcess> process, LoadOutput output)
      throws IOException, InterruptedException {
    // Buffers, caches and compiled code grow to their working size first.
    Duration warmUp = time.dividedBy(10);
    part(load, warmUp);
    memory(process, output, "start");
    for (int i = 1; i <= PARTS; i++) {
      output.figures(part(load, time.minus(warmUp).dividedBy(PARTS)));
      memory(process, output, i == PARTS ? "end" : "middle");
    }
  }

  private static void memory(Optional<ServerProcess> process, LoadOutput output, String moment)
      throws IOException {
    if (process.isPresent()) {
      output.memory(moment, process.get().memory());
    }
  }

  private LoadFigures part(LoadRun load, Duration length) throws InterruptedException {
    long end = System.nanoTime() + length.toNanos();
    var answers = new AtomicLong(FIRST_GUESS);
    return load.run(
        clients,
        number -> {
          if (System.nanoTime() >= end) {
            return null;
          }
          // Random would begin alike for numbers that follow one another.
          var random = new SplittableRandom(number);
          boolean leaves = random.nextDouble() < disconnect;
          Outcome outcome =
              leaves
                  ? load.ask(number, (long) (random.nextDouble() * answers.get()))
                  : load.ask(number);
          if (outcome instanceof Outcome.Answered answered) {
            answers.set(answered.end());
          }
          return outcome;
        });
  }
}
