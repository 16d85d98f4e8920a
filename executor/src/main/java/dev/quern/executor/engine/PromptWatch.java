package dev.quern.executor.engine;

import dev.quern.executor.cache.PrefixCache;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What looking at the prompts of an engine costs it, and only while somebody looks: prompts of
 * ended rows are kept for a minute behind the last look, and one copy serves all looks for a while.
 * Belongs to the engine's thread.
 */
final class PromptWatch {
  /** Somebody looks until this long behind the last look. */
  private static final long WATCHED_NANOS = 60_000_000_000L;

  /** A copy is shared for this long, so that looks in a row do not copy between any two steps. */
  private static final long SHARED_NANOS = 200_000_000L;

  private final Map<LocalCompletions, List<int[]>> ended = new HashMap<>();
  private boolean watched;
  private long looked;
  private PromptRows copy;
  private long copied;

  /**
   * Somebody looks.
   *
   * @param unfinished rows that have not ended, at least one
   */
  PromptRows look(Collection<RunningRow> unfinished, PrefixCache cache, long now) {
    looked(now);
    if (copy == null || now - copied >= SHARED_NANOS) {
      copy = PromptRows.of(unfinished, this::endedPrompts, cache);
      copied = now;
    }
    return copy;
  }

  /** Somebody looks, and nothing runs or waits. */
  void looked(long now) {
    pass(now);
    watched = true;
    looked = now;
  }

  /** Time has passed: forgets what nobody looks at. */
  void pass(long now) {
    if (watched && now - looked >= WATCHED_NANOS) {
      watched = false;
      ended.clear();
    }
    if (copy != null && now - copied >= SHARED_NANOS) {
      copy = null;
    }
  }

  /** A row has come to its end: if somebody looks, its prompt stays until its whole batch has. */
  void ended(LocalCompletions batch, int[] prompt) {
    if (!watched) {
      return;
    }
    if (batch.finished()) {
      ended.remove(batch);
    } else {
      ended.computeIfAbsent(batch, _ -> new ArrayList<>()).add(prompt);
    }
  }

  /** A batch was given up. */
  void dropped(LocalCompletions batch) {
    ended.remove(batch);
  }

  /** Nothing runs or waits. */
  void idle() {
    copy = null;
  }

  /** Prompts that are kept of a batch's ended rows. */
  List<int[]> endedPrompts(LocalCompletions batch) {
    return ended.getOrDefault(batch, List.of());
  }
}
