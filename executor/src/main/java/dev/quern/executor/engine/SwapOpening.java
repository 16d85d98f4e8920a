package dev.quern.executor.engine;

import dev.quern.executor.swap.SwapSpace;
import java.util.Optional;
import java.util.function.Consumer;

/** How an engine comes by its swap space, once the model stands on its device. */
@FunctionalInterface
interface SwapOpening {
  /**
   * Opens what the options ask for, where it pays.
   *
   * @param notices receives what was decided and why, later what failed
   */
  Optional<SwapSpace> open(
      EngineOptions options,
      LoadedModel model,
      EnginePlan plan,
      ModelRunner runner,
      Consumer<String> notices);
}
