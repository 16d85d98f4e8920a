package dev.quern.executor.engine;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the embedded model is: the jar does not hold it, the launcher points to it. */
public final class EmbeddedModel {
  /** System property that names the folder. */
  public static final String PROPERTY = "quern.embedded-model";

  private EmbeddedModel() {}

  /**
   * @throws EngineException when neither the property nor the environment names an existing folder
   */
  public static Path folder() {
    String path = System.getProperty(PROPERTY, System.getenv("QUERN_EMBEDDED_MODEL"));
    if (path == null) {
      throw new EngineException(
          "no model given and the embedded model is not known here: give a folder with"
              + " --model DIR (JDBC: model=DIR), or set -D"
              + PROPERTY
              + " or QUERN_EMBEDDED_MODEL to executor/embedded-model of a clone");
    }
    Path folder = Path.of(path);
    if (!Files.isDirectory(folder)) {
      throw new EngineException(
          "the embedded model is not in " + folder + "; give a folder with --model DIR");
    }
    return folder;
  }
}
