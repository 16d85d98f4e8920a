package dev.quern.executor.engine;

import dev.quern.executor.model.decoder.RoutingTrace;
import dev.quern.executor.model.decoder.StepInput;

/** Sees what an engine computes: for measurements. Called on the engine's threads. */
public interface EngineTrace extends RoutingTrace {
  /** A step is about to run. */
  void step(StepInput step);
}
