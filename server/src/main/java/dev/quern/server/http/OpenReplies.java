package dev.quern.server.http;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Replies that are not whole yet. */
final class OpenReplies {
  private final Set<Reply> replies = new HashSet<>();

  synchronized void add(Reply reply) {
    replies.add(reply);
  }

  synchronized void remove(Reply reply) {
    replies.remove(reply);
    notifyAll();
  }

  /** Tells their handlers to end, as if their clients had gone. */
  void leave() {
    List<Reply> now;
    synchronized (this) {
      now = List.copyOf(replies);
    }
    now.forEach(reply -> reply.departure().leave());
  }

  /** Waits until there are none, at most so long; whether there are none. */
  synchronized boolean awaitEmpty(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; !replies.isEmpty() && left > 0; left = end - System.nanoTime()) {
      wait(left / 1_000_000 + 1);
    }
    return replies.isEmpty();
  }
}
