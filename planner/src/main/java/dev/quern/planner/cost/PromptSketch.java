package dev.quern.planner.cost;

import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A uniform sample of the distinct prompts among those that pass, in bounded memory: those with the
 * smallest hashes (Beyer et al., "On synopses for distinct-value estimation under multiset
 * operations", SIGMOD 2007). While all fit it is exact; beyond that the k-th smallest hash tells
 * their number within about 1/sqrt(k).
 */
public final class PromptSketch<P> {
  /** A distinct prompt: by whom and as which of the prompts it came first, and how often. */
  public static final class Entry<P> {
    private final P prompt;
    private final int call;
    private final long row;
    private long count = 1;

    private Entry(P prompt, int call, long row) {
      this.prompt = prompt;
      this.call = call;
      this.row = row;
    }

    public P prompt() {
      return prompt;
    }

    /** The call that asked first. */
    public int call() {
      return call;
    }

    /** The row, counted from 0, in which it did. */
    public long row() {
      return row;
    }

    public long count() {
      return count;
    }
  }

  /** Share of prompts seen once above which all are taken for distinct. */
  private static final double KEY = 0.99;

  private final int most;
  private final TreeMap<Long, Entry<P>> entries = new TreeMap<>(Long::compareUnsigned);
  private boolean full;

  /**
   * @param most distinct prompts kept
   */
  public PromptSketch(int most) {
    this.most = most;
  }

  /**
   * A prompt passes.
   *
   * @param hash 64 evenly spread bits of what makes it distinct
   */
  public void add(long hash, int call, long row, Supplier<P> prompt) {
    Entry<P> known = entries.get(hash);
    if (known != null) {
      known.count++;
      return;
    }
    if (entries.size() == most) {
      full = true;
      if (Long.compareUnsigned(hash, entries.lastKey()) > 0) {
        return;
      }
      entries.pollLastEntry();
    }
    entries.put(hash, new Entry<>(prompt.get(), call, row));
  }

  /** Whether every distinct prompt is kept. */
  public boolean exact() {
    return !full;
  }

  /** The kept ones in the order of their hashes: each leading part is a uniform sample too. */
  public List<Entry<P>> entries() {
    return List.copyOf(entries.values());
  }

  /** How many distinct prompts have passed. */
  public double distinct() {
    if (!full) {
      return entries.size();
    }
    double largest = (entries.lastKey() >>> 11) * 0x1p-53;
    return (most - 1) / largest;
  }

  /**
   * How many distinct prompts pass when {@code factor} times as many prompts do: those seen once
   * grow with its root, the others are known (GEE, Charikar et al., PODS 2000).
   */
  public double distinct(double factor) {
    double known = distinct();
    if (factor <= 1 || entries.isEmpty()) {
      return known;
    }
    double once = entries.values().stream().filter(e -> e.count == 1).count();
    double share = once / entries.size();
    // A column without a repetition so far is a key: the root would halve it at every step.
    double growth = share > KEY ? factor : Math.sqrt(factor);
    return known * (1 - share + share * growth);
  }
}
