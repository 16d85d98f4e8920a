package dev.quern.executor.engine;

import dev.quern.executor.cache.CachedPrefixes;
import dev.quern.executor.cache.PrefixCache;
import dev.quern.executor.schedule.Sequence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The prompts that an engine has between two steps, and what of them is cached: taken by the
 * engine's thread with as little work as can be, made a tree by who asked for it.
 */
record PromptRows(List<Row> rows, CachedPrefixes cached) {
  enum State {
    RUNNING,
    WAITING,
    DONE
  }

  /** The first {@code length} tokens are the prompt; those behind may change. */
  record Row(int[] tokens, int length, State state) {}

  /**
   * On the engine's thread.
   *
   * @param unfinished rows that have not ended
   * @param ended prompts of ended rows of a batch
   */
  static PromptRows of(
      Collection<RunningRow> unfinished,
      Function<LocalCompletions, List<int[]>> ended,
      PrefixCache cache) {
    List<Row> rows = new ArrayList<>(unfinished.size());
    Set<LocalCompletions> batches = new HashSet<>();
    for (RunningRow row : unfinished) {
      Sequence s = row.sequence();
      rows.add(new Row(s.tokens(), s.promptLength(), s.running() ? State.RUNNING : State.WAITING));
      if (batches.add(row.completions())) {
        for (int[] prompt : ended.apply(row.completions())) {
          rows.add(new Row(prompt, prompt.length, State.DONE));
        }
      }
    }
    return new PromptRows(rows, cache.prefixes());
  }
}
