package dev.quern.executor.engine;

import dev.quern.executor.model.decoder.StepInput;
import java.util.concurrent.CountDownLatch;

/**
 * Stops an engine at a step until told to go on, so that a test meets what runs while it runs
 * whatever the speed of its thread. Close it before the engine.
 */
final class Held implements EngineTrace, AutoCloseable {
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private int before;

  /**
   * @param before steps that pass before the one that waits
   */
  Held(int before) {
    this.before = before;
  }

  /** Waits for the engine to come to the step. */
  void awaitStep() throws InterruptedException {
    reached.await();
  }

  /** Lets the engine go on, from now on without a stop. */
  void goOn() {
    goOn.countDown();
  }

  @Override
  public void step(StepInput step) {
    if (before-- == 0) {
      reached.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void chosen(int layer, int[][] experts) {}

  @Override
  public void close() {
    goOn();
  }
}
