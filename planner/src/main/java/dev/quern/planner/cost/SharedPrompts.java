package dev.quern.planner.cost;

import dev.quern.executor.engine.PromptTokens.KvRoom;
import dev.quern.planner.rel.GenerateRuntime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Tokens of the calls that one model answers, from a uniform sample of their distinct prompts. */
public final class SharedPrompts {

  /**
   * A distinct prompt.
   *
   * @param call index of the call that asks for it first
   * @param row the row, counted from 0, in which it does
   * @param answer most tokens of its answer
   */
  public record Sampled(int call, long row, int[] ids, int answer) {}

  /** What a call of the sample comes to; fields as those of {@link CallEstimate}. */
  public record Tokens(
      double prompt, double computed, double recomputed, double answer, double blocks) {
    private static final Tokens NONE = new Tokens(0, 0, 0, 0, 0);

    private Tokens plus(Tokens o) {
      return new Tokens(
          prompt + o.prompt,
          computed + o.computed,
          recomputed + o.recomputed,
          answer + o.answer,
          blocks + o.blocks);
    }
  }

  private final KvRoom room;
  private final int windowRows;

  /**
   * @param windowRows most rows of a window, inside of which prompts run in the order of their
   *     tokens
   */
  public SharedPrompts(KvRoom room, int windowRows) {
    this.room = room;
    this.windowRows = windowRows;
  }

  /**
   * @param sample in random order
   * @param calls number of calls
   * @param prompts number of distinct prompts that the sample stands for
   * @return the calls' tokens by index
   */
  public List<Tokens> estimate(List<Sampled> sample, int calls, double prompts) {
    Tokens[] sums = new Tokens[calls];
    Arrays.fill(sums, Tokens.NONE);
    List<Sampled> order = new ArrayList<>(sample);
    order.sort(
        Comparator.<Sampled>comparingInt(s -> window(s.row))
            .thenComparingInt(s -> s.call)
            .thenComparing(s -> s.ids, Arrays::compare));
    double times = sample.isEmpty() ? 1 : Math.max(1, prompts / sample.size());
    double growth =
        room.sharing() ? TreeGrowth.of(sample.stream().map(Sampled::ids).toList(), times) : times;
    var whole = new TokenTree(Long.MAX_VALUE);
    // Part of the prompts has part of the room.
    var bounded = new TokenTree((long) (room.tokens() / times));
    for (Sampled s : order) {
      int cached = room.sharing() ? whole.add(s.ids, s.answer) : 0;
      int kept = room.sharing() ? bounded.add(s.ids, s.answer) : 0;
      int lost = Math.max(0, cached - kept);
      double blocks =
          Math.ceilDiv(s.ids.length + s.answer, room.blockSize()) - cached / room.blockSize();
      sums[s.call] =
          sums[s.call].plus(
              new Tokens(
                  s.ids.length * times,
                  (s.ids.length - cached) * growth + lost * times,
                  lost * times,
                  s.answer * times,
                  blocks * growth));
    }
    return List.of(sums);
  }

  private int window(long row) {
    long end = Math.min(GenerateRuntime.FIRST_WINDOW, windowRows);
    long rows = end;
    int window = 0;
    while (row >= end) {
      if (rows == windowRows) {
        return (int) (window + 1 + (row - end) / windowRows);
      }
      rows = Math.min(rows * GenerateRuntime.WINDOW_GROWTH, windowRows);
      end += rows;
      window++;
    }
    return window;
  }
}
