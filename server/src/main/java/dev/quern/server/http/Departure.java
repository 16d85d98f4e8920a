package dev.quern.server.http;

import java.util.ArrayList;
import java.util.List;

/** Whether the client of a request has gone before its answer was whole. */
final class Departure {
  private final List<Runnable> work = new ArrayList<>();
  private boolean gone;

  void onGone(Runnable task) {
    synchronized (this) {
      if (!gone) {
        work.add(task);
        return;
      }
    }
    task.run();
  }

  /** The client has gone, or the endpoint closes: runs what waits for it, once. */
  void leave() {
    List<Runnable> tasks;
    synchronized (this) {
      gone = true;
      tasks = List.copyOf(work);
      work.clear();
    }
    tasks.forEach(Runnable::run);
  }
}
