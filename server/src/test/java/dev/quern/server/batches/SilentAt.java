package dev.quern.server.batches;

import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.executor.engine.ScriptedEngine.Reply;

/** Engines that stay at one row until they are stopped: the batch is caught in its middle. */
final class SilentAt {
  private SilentAt() {}

  static ScriptedEngine row(String silent) {
    return new ScriptedEngine(
        new ScriptedEngine.Script(
            (text, _) -> text.equals(silent) ? new Reply.Silence() : new Reply.Text(text), 0, 0));
  }
}
