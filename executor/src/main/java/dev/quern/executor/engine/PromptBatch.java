package dev.quern.executor.engine;

import java.util.List;

/**
 * Rows that run together. Events name a row by its index in {@link #rows()}.
 *
 * @param head parts that stand in front of every {@link Prompt.Text} row; other kinds of prompt
 *     need an empty head
 * @param stream true: a {@link Event.Delta} whenever text appears; false: one Delta with the whole
 *     text, right before the row's Done
 */
public record PromptBatch(List<PromptPart> head, List<PromptRow> rows, boolean stream) {
  public PromptBatch {
    head = List.copyOf(head);
    rows = List.copyOf(rows);
    if (!head.isEmpty() && !rows.stream().allMatch(r -> r.prompt() instanceof Prompt.Text)) {
      throw new IllegalArgumentException("a shared head needs rows of text; give it an empty head");
    }
  }
}
