package dev.quern.executor.model.decoder;

import java.util.List;

/**
 * Closes several resources, the last opened first; the first failure is thrown when all are closed.
 */
final class Closing {
  private Closing() {}

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
