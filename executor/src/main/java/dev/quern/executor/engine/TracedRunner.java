package dev.quern.executor.engine;

import dev.quern.executor.model.decoder.StepInput;

/** Shows the steps of a runner. */
final class TracedRunner extends ForwardingRunner {
  private final EngineTrace trace;

  TracedRunner(ModelRunner runner, EngineTrace trace) {
    super(runner);
    this.trace = trace;
  }

  @Override
  public void forward(StepInput step) {
    trace.step(step);
    super.forward(step);
  }
}
