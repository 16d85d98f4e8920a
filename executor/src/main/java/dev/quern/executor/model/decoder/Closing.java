package dev.quern.executor.model.decoder;

import java.util.List;

/**
 * Closes several resources, the last opened first; the first failure is thrown when all are closed.
 */
final class Closing {
  private Closing() {}

  /** Closes what stood already when a constructor failed; that failure stays the one to report. */
  static void after(Throwable failure, List<? extends AutoCloseable> resources) {
    try {
      all(resources);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  static void all(List<? extends AutoCloseable> resources) {
    RuntimeException failure = null;
    for (AutoCloseable resource : resources.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IllegalStateException("closing " + resource + " failed", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
