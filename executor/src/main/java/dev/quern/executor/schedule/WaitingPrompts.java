package dev.quern.executor.schedule;

import dev.quern.executor.cache.Demand;
import dev.quern.executor.cache.Turn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * What waits, in lexicographic order of tokens: those that begin like given tokens stand together.
 */
final class WaitingPrompts implements Demand {
  private record Entry(int[] tokens, int length, Turn turn) implements Comparable<Entry> {
    Entry(Sequence s) {
      this(s.tokens(), s.length(), s.turn());
    }

    @Override
    public int compareTo(Entry other) {
      int byTokens = Arrays.compare(tokens, 0, length, other.tokens, 0, other.length);
      return byTokens != 0 ? byTokens : turn.compareTo(other.turn);
    }
  }

  /** Before every waiting one with the same tokens. */
  private static final Turn FIRST = new Turn(Integer.MAX_VALUE, Long.MIN_VALUE, Integer.MIN_VALUE);

  private final TreeSet<Entry> entries = new TreeSet<>();

  void add(Sequence s) {
    entries.add(new Entry(s));
  }

  void remove(Sequence s) {
    entries.remove(new Entry(s));
  }

  @Override
  public List<Match> nearest(int[] tokens, int length) {
    if (entries.isEmpty()) {
      return List.of();
    }
    var probe = new Entry(tokens, length, FIRST);
    List<Match> matches = new ArrayList<>(2);
    add(matches, probe, entries.lower(probe));
    add(matches, probe, entries.higher(probe));
    return matches;
  }

  private static void add(List<Match> matches, Entry probe, Entry entry) {
    if (entry == null) {
      return;
    }
    int most = Math.min(probe.length, entry.length);
    int mismatch = Arrays.mismatch(probe.tokens, 0, most, entry.tokens, 0, most);
    int common = mismatch < 0 ? most : mismatch;
    if (common > 0) {
      matches.add(new Match(common, entry.turn));
    }
  }
}
