package dev.quern.sql.differential;

import java.util.List;
import java.util.Random;

/** Choices that a seed determines; {@link Random}'s sequence is the same on every JVM. */
public final class Draw {
  private final Random random;

  public Draw(long seed) {
    // Seeds that follow each other begin alike: their first numbers are spread by a hash.
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
  }

  /** True in so many of a hundred cases. */
  public boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** A number in [from, to]. */
  public int between(int from, int to) {
    return from + random.nextInt(to - from + 1);
  }

  public <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  public String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
