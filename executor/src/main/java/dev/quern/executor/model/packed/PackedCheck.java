package dev.quern.executor.model.packed;

import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.TensorNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares what a packed file holds with what its folder's configuration asks for. */
final class PackedCheck {
  /** Enough to see the pattern of what is wrong. */
  private static final int MAX_PROBLEMS = 8;

  private PackedCheck() {}

  /**
   * @throws EngineException that lists what is missing, extra or misshaped
   */
  static void run(PackedFile file, ModelConfig config) {
    List<String> problems = new ArrayList<>();
    Map<String, PackedTensor> unread = new LinkedHashMap<>(file.tensors());
    for (TensorNames.Shape expected : TensorNames.shapes(config)) {
      PackedTensor found = unread.remove(expected.name());
      String shape = "[%d, %d]".formatted(expected.rows(), expected.columns());
      if (found == null && !expected.optional()) {
        problems.add("tensor %s: missing; expected %s".formatted(expected.name(), shape));
      } else if (found != null
          && (found.rows() != expected.rows() || found.columns() != expected.columns())) {
        problems.add(
            "tensor %s: expected %s but found [%d, %d]"
                .formatted(expected.name(), shape, found.rows(), found.columns()));
      }
    }
    for (PackedTensor extra : unread.values()) {
      problems.add(
          "tensor %s: [%d, %d]: extra; expected no such tensor for this config.json"
              .formatted(extra.name(), extra.rows(), extra.columns()));
    }
    if (!problems.isEmpty()) {
      int more = problems.size() - MAX_PROBLEMS;
      throw new EngineException(
          "%s: the weights do not fit config.json; make the folder anew with quern quantize:\n  %s%s"
              .formatted(
                  file.path(),
                  String.join("\n  ", problems.subList(0, Math.min(MAX_PROBLEMS, problems.size()))),
                  more > 0 ? "\n  and " + more + " more" : ""));
    }
  }
}
