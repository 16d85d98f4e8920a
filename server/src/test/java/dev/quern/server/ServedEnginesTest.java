package dev.quern.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.ScriptedEngine;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many models sessions may open beside the served one. */
final class ServedEnginesTest {
  private static ScriptedEngine scripted() {
    return new ScriptedEngine(
        new ScriptedEngine.Script((text, _) -> new ScriptedEngine.Reply.Text(text), 0, 0));
  }

  private static EngineOptions options(String model) {
    return EngineOptions.parse(Map.of("model", model));
  }

  private boolean refuse;
  private final ServedEngines engines =
      new ServedEngines(
          scripted(),
          options("served"),
          _ -> {
            if (refuse) {
              throw new EngineException("no such model");
            }
            return scripted();
          },
          2);

  @Test
  void noMoreThanTheLimitAreOpenAtATime() {
    engines.open(options("a"));
    GenerateEngine second = engines.open(options("b"));
    EngineException refused = assertThrows(EngineException.class, () -> engines.open(options("c")));
    assertTrue(refused.getMessage().contains("2 models"), refused.getMessage());
    assertTrue(refused.getMessage().contains("--max-models"), refused.getMessage());
    engines.open(options("served")).close(); // is no other
    second.close();
    second.close();
    engines.open(options("c"));
    assertThrows(EngineException.class, () -> engines.open(options("d")));
  }

  @Test
  void aModelThatDoesNotOpenTakesNoPlace() {
    refuse = true;
    for (int i = 0; i < 5; i++) {
      String message =
          assertThrows(EngineException.class, () -> engines.open(options("a"))).getMessage();
      assertEquals("no such model", message);
    }
    refuse = false;
    engines.open(options("a"));
    engines.open(options("b"));
  }
}
