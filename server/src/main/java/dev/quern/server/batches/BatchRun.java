package dev.quern.server.batches;

import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.PromptBatch;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Whether a batch goes on, and what of it is in the engine: ended by any thread. */
final class BatchRun {
  private final Set<Completions> inEngine = new HashSet<>();
  private Ending ending;

  /**
   * Ends it: what has come of its rows is kept, the others are given up. The first call counts, but
   * a server that ends hands back also what is being cancelled or expires: the next one does that.
   */
  void end(Ending why) {
    Set<Completions> stopped;
    synchronized (this) {
      if (ending == why || (ending != null && why != Ending.HANDED_BACK)) {
        return;
      }
      ending = why;
      stopped = Set.copyOf(inEngine);
    }
    stopped.forEach(Completions::stop);
  }

  synchronized Optional<Ending> ending() {
    return Optional.ofNullable(ending);
  }

  /** Submits rows, unless it has ended. */
  Optional<Completions> submit(GenerateEngine engine, PromptBatch rows) {
    if (ending().isPresent()) {
      return Optional.empty();
    }
    Completions events = engine.submit(rows);
    boolean late;
    synchronized (this) {
      inEngine.add(events);
      late = ending != null;
    }
    if (late) {
      events.stop();
    }
    return Optional.of(events);
  }

  void leave(Completions events) {
    synchronized (this) {
      inEngine.remove(events);
    }
    events.close();
  }
}
