package dev.quern.executor.engine;

import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.model.decoder.StepInput;

/** Takes the time of a runner's steps. */
final class TimedRunner extends ForwardingRunner {
  private volatile StepTotals times = StepTotals.NONE;

  TimedRunner(ModelRunner runner) {
    super(runner);
  }

  /** So far; may be read from any thread. */
  StepTotals times() {
    return times;
  }

  @Override
  public void forward(StepInput step) {
    long start = System.nanoTime();
    super.forward(step);
    add(1, step.tokens(), 0, start);
  }

  @Override
  public void sample(int[] ids, SamplingRow[] rows, int count) {
    long start = System.nanoTime();
    super.sample(ids, rows, count);
    add(0, 0, count, start);
  }

  @Override
  public void logProbabilities(double[][] out, int[][] ids, int count) {
    long start = System.nanoTime();
    super.logProbabilities(out, ids, count);
    add(0, 0, count, start);
  }

  @Override
  public void report(double[][] out, int[][] ids, int[] most, int count) {
    long start = System.nanoTime();
    super.report(out, ids, most, count); // draws nothing
    add(0, 0, 0, start);
  }

  @Override
  public void logits(int[] tokens) {
    long start = System.nanoTime();
    super.logits(tokens);
    add(0, 0, 0, start);
  }

  /** One thread drives the runner: nothing is lost between reading and writing. */
  private void add(int steps, int tokens, int drawn, long start) {
    StepTotals t = times;
    times =
        new StepTotals(
            t.steps() + steps,
            t.tokens() + tokens,
            t.drawn() + drawn,
            t.seconds() + (System.nanoTime() - start) / 1e9);
  }
}
