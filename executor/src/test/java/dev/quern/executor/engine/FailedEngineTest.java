package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.device.DeviceException;
import dev.quern.executor.model.decoder.StepInput;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An error of the device in the middle of a batch. */
final class FailedEngineTest {
  private static final EngineOptions OPTIONS =
      EngineOptions.parse(
          Map.of("model", "src/test/resources/golden/ernie-moe-shared", "device", "cpu"));

  /** Lets a number of steps pass. */
  private static final class FailsAfter implements EngineTrace {
    private int steps;

    FailsAfter(int steps) {
      this.steps = steps;
    }

    @Override
    public void step(StepInput step) {
      if (steps-- == 0) {
        throw new DeviceException("the device is gone");
      }
    }

    @Override
    public void chosen(int layer, int[][] experts) {}
  }

  @Test
  void aFailedEngineSaysSoToWhoWaitsAndToWhoComesLater() {
    var batch =
        new PromptBatch(
            List.of(),
            List.of(
                new PromptRow(new Prompt.Tokens(List.of(5, 6, 7)), TestOptions.maxTokens(40), 0)),
            false);
    try (LocalEngine engine =
        LocalEngine.open(
            OPTIONS, LoadedModel.open(OPTIONS), Optional.of(new FailsAfter(3)), _ -> {})) {
      assertFalse(engine.failed());
      Completions running = engine.submit(batch);
      String message = assertThrows(EngineException.class, running::next).getMessage();
      assertEquals("the device is gone", message);
      assertTrue(engine.failed());
      assertThrows(EngineException.class, () -> engine.submit(batch));
    }
  }
}
