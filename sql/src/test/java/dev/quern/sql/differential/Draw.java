package dev.quern.sql.differential;

import java.util.List;
import java.util.Random;

/** Choices that a seed determines; {@link Random}'s sequence is the same on every JVM. */
final class Draw {
  private final Random random;

  Draw(long seed) {
    // Seeds that follow each other begin alike: their first numbers are spread by a hash.
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
  }

  /** True in so many of a hundred cases. */
  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** A number in [from, to]. */
  int between(int from, int to) {
    return from + random.nextInt(to - from + 1);
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
