package dev.quern.executor.engine;

import java.util.Objects;

/**
 * One row of a batch: its prompt (behind the batch's shared head), options and priority.
 *
 * @param priority higher runs earlier; online requests use 1 and more, batch rows 0
 */
public record PromptRow(Prompt prompt, GenerateOptions options, int priority) {
  public PromptRow {
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(options, "options");
  }
}
