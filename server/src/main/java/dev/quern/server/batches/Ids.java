package dev.quern.server.batches;

import java.security.SecureRandom;
import java.time.InstantSource;

/** Names of files and batches: their order is that of creation. They are names of files on disk. */
final class Ids {
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private long last;

  Ids(InstantSource clock) {
    this.clock = clock;
  }

  /** Such as {@code file-0006515f2a7b3c4d9e8f0a1b}. */
  synchronized String next(String prefix) {
    var now = clock.instant();
    last = Math.max(last + 1, now.getEpochSecond() * 1_000_000 + now.getNano() / 1000);
    return prefix + "%016x%08x".formatted(last, random.nextInt());
  }
}
