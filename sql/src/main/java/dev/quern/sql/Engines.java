package dev.quern.sql;

import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import java.util.HashMap;
import java.util.Map;

/**
 * The open engines of a driver, one for each set of options: connections with equal options share a
 * model. An engine closes with its last user.
 */
public final class Engines {
  private final EngineFactory factory;
  private final Map<EngineOptions, Shared> open = new HashMap<>();

  public Engines(EngineFactory factory) {
    this.factory = factory;
  }

  /** One use of an engine; closing it gives the engine back. */
  public final class Lease implements AutoCloseable {
    private final EngineOptions options;
    private final Shared shared;
    private final long loadNanos;
    private boolean returned;

    private Lease(EngineOptions options, Shared shared, long loadNanos) {
      this.options = options;
      this.shared = shared;
      this.loadNanos = loadNanos;
    }

    /** The engine; one that has failed since is closed and opened anew. */
    public GenerateEngine engine() {
      return opened(shared, options);
    }

    /** Time that this lease waited for the model; near 0 where it was open already. */
    public long loadNanos() {
      return loadNanos;
    }

    @Override
    public void close() {
      synchronized (open) {
        if (!returned) {
          returned = true;
          release(options);
        }
      }
    }
  }

  private static final class Shared {
    private GenerateEngine engine;
    private int users;
  }

  /** Takes an engine, opening it if this is its first use. */
  public Lease lease(EngineOptions options) {
    long start = System.nanoTime();
    Shared shared;
    synchronized (open) {
      shared = open.computeIfAbsent(options, o -> new Shared());
      shared.users++;
    }
    try {
      opened(shared, options);
      return new Lease(options, shared, System.nanoTime() - start);
    } catch (RuntimeException e) {
      synchronized (open) {
        release(options);
      }
      throw e;
    }
  }

  private GenerateEngine opened(Shared shared, EngineOptions options) {
    // Loading holds this lock only: other models open meanwhile.
    synchronized (shared) {
      if (shared.engine != null && shared.engine.failed()) {
        GenerateEngine failed = shared.engine;
        shared.engine = null; // where no other can be opened, the next use tries again
        failed.close(); // before: both models may not fit
      }
      if (shared.engine == null) {
        shared.engine = factory.open(options);
      }
      return shared.engine;
    }
  }

  EngineFactory factory() {
    return factory;
  }

  private void release(EngineOptions options) {
    Shared shared = open.get(options);
    if (--shared.users == 0) {
      open.remove(options);
      if (shared.engine != null) {
        shared.engine.close();
      }
    }
  }
}
