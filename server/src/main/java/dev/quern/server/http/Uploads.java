package dev.quern.server.http;

import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/** Where the files of a route's requests go while they arrive, and how much of them may. */
public final class Uploads {
  private final Path folder;
  private final long mostBytes;
  private final int atOnce;
  private final Semaphore room;

  /**
   * @param folder receives files under names of the endpoint's own
   * @param mostBytes largest form, its file included
   * @param atOnce files that may arrive at the same time: times {@code mostBytes}, what the disk
   *     needs for them
   */
  public Uploads(Path folder, long mostBytes, int atOnce) {
    this.folder = folder;
    this.mostBytes = mostBytes;
    this.atOnce = atOnce;
    this.room = new Semaphore(atOnce);
  }

  Path folder() {
    return folder;
  }

  long mostBytes() {
    return mostBytes;
  }

  /**
   * @throws ApiException 429 with Retry-After when too many files arrive already
   */
  void enter() throws ApiException {
    if (!room.tryAcquire()) {
      throw new ApiException(
              429,
              "rate_limit_error",
              "the server receives " + atOnce + " files already, its most; try again shortly",
              null,
              "rate_limit_exceeded")
          .withHeader("Retry-After", "1");
    }
  }

  void leave() {
    room.release();
  }
}
