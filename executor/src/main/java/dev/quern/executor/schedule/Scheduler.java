package dev.quern.executor.schedule;

import dev.quern.executor.cache.Admission;
import dev.quern.executor.cache.BlockCopy;
import dev.quern.executor.cache.BlockTable;
import dev.quern.executor.cache.PrefixCache;
import dev.quern.executor.schedule.ScheduledStep.Chunk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Continuous batching with chunked prefill (Orca, OSDI 2022; Sarathi-Serve, OSDI 2024). A step
 * holds one token of every decoding sequence, then prefill chunks of running and newly admitted
 * ones, all in order of priority, arrival and prefix: a batch is a tree of prompts, traversed depth
 * first. A sequence that shares tokens which another is computing waits for them.
 *
 * <p>A sequence starts only where its prompt, and what it and those that run are expected to grow
 * by, fit beside the cached blocks that waiting ones want, so that a shared node stays until its
 * last descendant has run. When blocks run out all the same, the last in order gives its own back
 * and is computed again later; what it computed stays cached while memory lasts.
 *
 * <p>A sequence of higher priority enters the next step. It takes seat and blocks of lower ones
 * only where it finds none, the last in order first. Not thread-safe.
 */
public final class Scheduler {
  /** Waiting sequences looked at in a step: beyond that many, later steps find them. */
  private static final int LOOK_AHEAD = 256;

  /**
   * Milliseconds of steps for which they stay short behind the last sequence of priority above 0:
   * who comes alone comes again, and would find a long step running.
   */
  private static final double ONLINE_MILLIS = 30_000;

  private final PrefixCache cache;
  private final SchedulerLimits limits;
  private final Consumer<BlockCopy> copier;
  private final TreeSet<Sequence> waiting = new TreeSet<>();
  private final TreeSet<Sequence> running = new TreeSet<>();
  private final WaitingPrompts prompts = new WaitingPrompts();
  private final AnswerLengths answers = new AnswerLengths();
  private final StepTimes times = new StepTimes();
  private SchedulerCounts counts = SchedulerCounts.NONE;
  private double millisSinceOnline = Double.POSITIVE_INFINITY;

  /**
   * @param copier runs a block copy on the device, in order with the steps
   */
  public Scheduler(PrefixCache cache, SchedulerLimits limits, Consumer<BlockCopy> copier) {
    this.cache = cache;
    this.limits = limits;
    this.copier = copier;
    cache.demand(prompts);
  }

  public void add(Sequence sequence) {
    if (!waiting.add(sequence)) {
      throw new IllegalArgumentException(sequence + " is scheduled already");
    }
    prompts.add(sequence);
    cache.demandChanged(sequence.tokens(), sequence.length());
  }

  /** Drops an ended sequence at once and frees what it holds; what it computed stays cached. */
  public void drop(Sequence sequence) {
    sequence.end();
    if (waiting.remove(sequence)) {
      prompts.remove(sequence);
      cache.demandChanged(sequence.tokens(), sequence.length());
    }
    if (running.remove(sequence)) {
      answers.ended(sequence);
      release(sequence);
    }
  }

  public int waitingSequences() {
    return waiting.size();
  }

  public int runningSequences() {
    return running.size();
  }

  /** What was done so far. */
  public SchedulerCounts counts() {
    return counts;
  }

  /**
   * Plans the next step.
   *
   * @param startable which waiting sequences may start now (back-pressure)
   * @return an empty step when nothing can run
   */
  public ScheduledStep next(Predicate<Sequence> startable) {
    List<Chunk> chunks = new ArrayList<>();
    if (online(waiting) || online(running)) {
      millisSinceOnline = 0;
    }
    if (limits.maxStepMillis() > 0 && millisSinceOnline < ONLINE_MILLIS) {
      StepBudget budget = StepBudget.capped(limits.maxTokens(), limits.maxStepMillis(), times);
      fill(chunks, budget, s -> s.priority() > 0, startable);
      fill(chunks, budget, s -> s.priority() <= 0, startable);
    } else {
      fill(chunks, StepBudget.of(limits.maxTokens()), _ -> true, startable);
    }
    chunks.sort(Comparator.comparing(Chunk::sequence));
    return new ScheduledStep(chunks);
  }

  private static boolean online(SortedSet<Sequence> sequences) {
    return !sequences.isEmpty() && sequences.first().priority() > 0;
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

  /**
   * Notes how long a step took, so that later ones can be kept short.
   *
   * @param readTokens prompt tokens whose logits were read in it
   */
  public void took(ScheduledStep step, int readTokens, double millis) {
    int decode = step.decodeTokens();
    times.ran(step.tokens() - decode, decode, readTokens, millis);
    millisSinceOnline += millis;
  }

  private void fill(
      List<Chunk> chunks,
      StepBudget budget,
      Predicate<Sequence> which,
      Predicate<Sequence> startable) {
    decode(chunks, budget, which);
    prefill(chunks, budget, which);
    admit(chunks, budget, which, startable);
  }

  private void decode(List<Chunk> chunks, StepBudget budget, Predicate<Sequence> which) {
    for (Sequence s : List.copyOf(running)) {
      if (!budget.decode()) {
        return;
      }
      if (!which.test(s) || !s.running() || s.computed() != s.length() - 1) {
        continue;
      }
      if (makeRoom(s, chunks)) {
        chunks.add(new Chunk(s, s.computed(), s.length()));
        budget.tookDecode();
      }
    }
  }

  /** Finds a block for the next token, if need be by preempting; false when s itself gave way. */
  private boolean makeRoom(Sequence s, List<Chunk> chunks) {
    while (!cache.extend(s.table(), s.length())) {
      answers.ranOut();
      Sequence victim = running.last();
      preempt(victim, chunks);
      if (victim == s) {
        return false;
      }
    }
    return true;
  }

  private void preempt(Sequence victim, List<Chunk> chunks) {
    chunks.removeIf(c -> c.sequence() == victim);
    counts = counts.preempted();
    running.remove(victim);
    waiting.add(victim);
    prompts.add(victim); // before its blocks go: it is the first to want them again
    release(victim);
  }

  private void prefill(List<Chunk> chunks, StepBudget budget, Predicate<Sequence> which) {
    for (Sequence s : running) {
      if (budget.prefill() == 0) {
        return;
      }
      if (which.test(s) && s.computed() < s.length() - 1) {
        chunk(s, budget, chunks);
      }
    }
  }

  private void admit(
      List<Chunk> chunks,
      StepBudget budget,
      Predicate<Sequence> which,
      Predicate<Sequence> startable) {
    int looked = 0;
    int passed = 0;
    int kept = 0;
    for (Sequence s = first(); s != null && budget.prefill() > 0; s = waiting.higher(s)) {
      if (!which.test(s) || !startable.test(s)) {
        continue;
      }
      if (++looked > LOOK_AHEAD) {
        return;
      }
      if (!limits.chunkedPrefill() && s.length() > budget.prefill() && !budget.whole()) {
        return;
      }
      if (room(s, budget) == 0 || !seated(s)) {
        return;
      }
      switch (place(s, kept, chunks)) {
        case Admission.Admitted _ -> {
          if (running.size() > limits.maxSequences()) {
            preempt(running.last(), chunks);
          }
          chunk(s, budget, chunks);
        }
        case Admission.AwaitPrefix(int promised) -> {
          // It will start as soon as its prefix is there, and needs its blocks then.
          if (running.size() + ++passed <= limits.maxSequences()) {
            kept += blocks(answers.expectedTokens(s)) - promised / cache.blockSize();
          }
        }
        case Admission.Wait _ -> {
          return;
        }
      }
    }
  }

  private Sequence first() {
    return waiting.isEmpty() ? null : waiting.first();
  }

  /** Whether it finds a seat, if need be that of a lower one, which loses nothing computed. */
  private boolean seated(Sequence s) {
    return running.size() < limits.maxSequences()
        || (cache.sharing() && running.last().priority() < s.priority());
  }

  /**
   * Gives a sequence its blocks, those of lower priority too where others are not to be had.
   *
   * @param kept blocks that stay available for sequences in front of it
   */
  private Admission place(Sequence s, int kept, List<Chunk> chunks) {
    while (true) {
      boolean urgent = !running.isEmpty() && running.last().priority() < s.priority();
      boolean alone = running.isEmpty();
      int reserve = alone ? 0 : kept + growth(s.priority()) + growth(s, blocks(s.length()));
      List<BlockCopy> copies = new ArrayList<>();
      long before = cache.recomputedTokens();
      prompts.remove(s);
      Admission admission =
          cache.admit(
              s.tokens(), s.length(), reserve, !alone && !urgent, !s.wantsWholePrompt(), copies);
      if (admission instanceof Admission.Admitted(var table, int cachedTokens)) {
        copies.forEach(copier);
        admitted(s, table, cachedTokens, cache.recomputedTokens() - before);
        waiting.remove(s);
        running.add(s);
        return admission;
      }
      prompts.add(s);
      if (!urgent
          || !(admission instanceof Admission.Wait(int missing))
          || missing > blocksBelow(s.priority())) {
        return admission;
      }
      preempt(running.last(), chunks);
    }
  }

  private void admitted(Sequence s, BlockTable table, int cachedTokens, long recomputed) {
    if (!s.started()) {
      counts = counts.started(s.promptLength(), cachedTokens);
    }
    int before = s.recomputedTokens();
    s.admitted(table, cachedTokens, recomputed);
    counts = counts.recomputes(s.recomputedTokens() - before);
  }

  /** Blocks that running sequences of this priority or a higher one are expected to need yet. */
  private int growth(int priority) {
    int blocks = 0;
    for (Sequence s : running) {
      blocks += s.priority() < priority ? 0 : growth(s, s.table().size());
    }
    return blocks;
  }

  private int growth(Sequence s, int held) {
    return Math.max(0, blocks(answers.expectedTokens(s)) - held);
  }

  private int blocksBelow(int priority) {
    int blocks = 0;
    for (Sequence s : running) {
      blocks += s.priority() < priority ? s.table().size() : 0;
    }
    return blocks;
  }

  private int blocks(int tokens) {
    return Math.ceilDiv(tokens, cache.blockSize());
  }

  private void chunk(Sequence s, StepBudget budget, List<Chunk> chunks) {
    int rest = s.length() - s.computed();
    int room = room(s, budget);
    if (room == 0 || (rest > room && !limits.chunkedPrefill())) {
      return;
    }
    int count = Math.min(rest, room);
    chunks.add(new Chunk(s, s.computed(), s.computed() + count));
    if (s.wantsWholePrompt()) {
      budget.tookRead(count);
    } else {
      budget.tookPrefill(count);
    }
  }

  /** Tokens that it may compute yet: fewer where their logits are read. */
  private static int room(Sequence s, StepBudget budget) {
    return s.wantsWholePrompt() ? budget.read() : budget.prefill();
  }

  private void release(Sequence s) {
    cache.release(s.table(), s.tokens(), s.computed());
    s.released();
  }
}
