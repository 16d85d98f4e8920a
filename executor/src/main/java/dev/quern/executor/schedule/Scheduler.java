package dev.quern.executor.schedule;

import dev.quern.executor.cache.Admission;
import dev.quern.executor.cache.BlockCopy;
import dev.quern.executor.cache.PrefixCache;
import dev.quern.executor.schedule.ScheduledStep.Chunk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Continuous batching with chunked prefill (Orca, OSDI 2022; Sarathi-Serve, OSDI 2024). A step
 * holds one token of every decoding sequence, then prefill chunks of running and newly admitted
 * ones, all in order of priority, arrival and prefix. A sequence that shares tokens which another
 * is computing waits for them. When blocks run out the last in order gives its blocks back and is
 * computed again later. Not thread-safe.
 */
public final class Scheduler {
  /** Waiting sequences looked at in a step: beyond that many, later steps find them. */
  private static final int LOOK_AHEAD = 256;

  private final PrefixCache cache;
  private final SchedulerLimits limits;
  private final Consumer<BlockCopy> copier;
  private final TreeSet<Sequence> waiting = new TreeSet<>();
  private final TreeSet<Sequence> running = new TreeSet<>();

  /**
   * @param copier runs a block copy on the device, in order with the steps
   */
  public Scheduler(PrefixCache cache, SchedulerLimits limits, Consumer<BlockCopy> copier) {
    this.cache = cache;
    this.limits = limits;
    this.copier = copier;
  }

  public void add(Sequence sequence) {
    if (!waiting.add(sequence)) {
      throw new IllegalArgumentException(sequence + " is scheduled already");
    }
  }

  /** Drops an ended sequence at once and frees what it holds; what it computed stays cached. */
  public void drop(Sequence sequence) {
    sequence.end();
    waiting.remove(sequence);
    if (running.remove(sequence)) {
      release(sequence);
    }
  }

  public int waitingSequences() {
    return waiting.size();
  }

  public int runningSequences() {
    return running.size();
  }

  /**
   * Plans the next step.
   *
   * @param startable which waiting sequences may start now (back-pressure)
   * @return an empty step when nothing can run
   */
  public ScheduledStep next(Predicate<Sequence> startable) {
    List<Chunk> chunks = new ArrayList<>();
    int budget = decode(chunks);
    budget = prefill(chunks, budget);
    admit(chunks, budget, startable);
    chunks.sort(Comparator.comparing(Chunk::sequence));
    return new ScheduledStep(chunks);
  }

  /** Notes that a step has run: its keys and values stand in the cache. */
  public void completed(ScheduledStep step) {
    for (Chunk chunk : step.chunks()) {
      Sequence s = chunk.sequence();
      if (s.running()) {
        cache.computed(s.table(), s.tokens(), chunk.from(), chunk.to());
        s.computed(chunk.to());
      }
    }
  }

  private int decode(List<Chunk> chunks) {
    int budget = limits.maxTokens();
    for (Sequence s : List.copyOf(running)) {
      if (budget == 0) {
        break;
      }
      if (!s.running() || s.computed() != s.length() - 1) {
        continue;
      }
      if (makeRoom(s, chunks)) {
        chunks.add(new Chunk(s, s.computed(), s.length()));
        budget--;
      }
    }
    return budget;
  }

  /** Finds a block for the next token, if need be by preempting; false when s itself gave way. */
  private boolean makeRoom(Sequence s, List<Chunk> chunks) {
    while (!cache.extend(s.table(), s.length())) {
      Sequence victim = running.last();
      chunks.removeIf(c -> c.sequence() == victim);
      running.remove(victim);
      release(victim);
      waiting.add(victim);
      if (victim == s) {
        return false;
      }
    }
    return true;
  }

  private int prefill(List<Chunk> chunks, int budget) {
    int left = budget;
    for (Sequence s : running) {
      if (left == 0) {
        break;
      }
      if (s.computed() < s.length() - 1) {
        left -= chunk(s, left, chunks);
      }
    }
    return left;
  }

  private void admit(List<Chunk> chunks, int budget, Predicate<Sequence> startable) {
    int left = budget;
    int looked = 0;
    List<BlockCopy> copies = new ArrayList<>();
    for (Iterator<Sequence> it = waiting.iterator();
        it.hasNext() && left > 0 && running.size() < limits.maxSequences(); ) {
      Sequence s = it.next();
      if (!startable.test(s)) {
        continue;
      }
      if (++looked > LOOK_AHEAD) {
        return;
      }
      if (!limits.chunkedPrefill() && s.length() > left && left < limits.maxTokens()) {
        return;
      }
      long before = cache.recomputedTokens();
      switch (cache.admit(s.tokens(), s.length(), running.size(), copies)) {
        case Admission.Admitted(var table, int cachedTokens) -> {
          copies.forEach(copier);
          copies.clear();
          s.admitted(table, cachedTokens, cache.recomputedTokens() - before);
          it.remove();
          running.add(s);
          left -= chunk(s, left, chunks);
        }
        case Admission.AwaitPrefix _ -> {}
        case Admission.Wait _ -> {
          return;
        }
      }
    }
  }

  private int chunk(Sequence s, int budget, List<Chunk> chunks) {
    int rest = s.length() - s.computed();
    if (rest > budget && !limits.chunkedPrefill()) {
      return 0;
    }
    int count = Math.min(rest, budget);
    chunks.add(new Chunk(s, s.computed(), s.computed() + count));
    return count;
  }

  private void release(Sequence s) {
    cache.release(s.table(), s.tokens(), s.computed());
    s.released();
  }
}
