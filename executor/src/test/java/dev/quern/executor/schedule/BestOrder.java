package dev.quern.executor.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The offline oracle: the least prompt tokens that any order of rows computes within a number of
 * blocks, when each row has the memory to itself while it runs and after each row the best choice
 * of blocks is kept, knowing all that follows. The search over orders and kept blocks is
 * exhaustive; a branch ends early only where it has met its lower bound, the nodes of the token
 * tree that rows to come need and memory does not hold.
 *
 * <p>Blocks are those of the cache: a full one of a prompt is shared, of another one the leading
 * tokens that match are copied; a row computes its last token itself. A row needs blocks for its
 * prompt and for all but the last token of its answer; answers are not kept.
 */
final class BestOrder {
  private final List<TreeRow> rows;
  private final int blockSize;
  private final int memory;

  /** Blocks of all prompts, by the tokens from the prompt's start to the block's end. */
  private final Map<List<Integer>, Integer> ids = new HashMap<>();

  private final List<List<Integer>> blocks = new ArrayList<>();
  private final Map<State, Integer> known = new HashMap<>();

  private record State(int left, long kept) {}

  private BestOrder(List<TreeRow> rows, int blocks, int blockSize) {
    this.rows = rows;
    this.blockSize = blockSize;
    this.memory = blocks;
    rows.forEach(this::path);
    if (this.blocks.size() > Long.SIZE) {
      throw new IllegalArgumentException(this.blocks.size() + " blocks are more than a long holds");
    }
  }

  static int leastTokens(List<TreeRow> rows, int blocks, int blockSize) {
    return new BestOrder(rows, blocks, blockSize).least((1 << rows.size()) - 1, 0);
  }

  private static List<Integer> tokens(TreeRow row) {
    return Arrays.stream(row.prompt()).boxed().toList();
  }

  /** The blocks of a row's prompt. */
  private long path(TreeRow row) {
    long path = 0;
    List<Integer> all = tokens(row);
    for (int end = blockSize; end < all.size() + blockSize; end += blockSize) {
      List<Integer> block = all.subList(0, Math.min(end, all.size()));
      Integer id = ids.putIfAbsent(block, blocks.size());
      if (id == null) {
        id = blocks.size();
        blocks.add(block);
      }
      path |= 1L << id;
    }
    return path;
  }

  /** Tokens that the kept blocks spare the row. */
  private int cached(TreeRow row, long kept) {
    int most = 0;
    for (int b = 0; b < blocks.size(); b++) {
      if ((kept >> b & 1) != 0) {
        List<Integer> block = blocks.get(b);
        int common = 0;
        while (common < Math.min(block.size(), row.prompt().length - 1)
            && block.get(common) == row.prompt()[common]) {
          common++;
        }
        most = Math.max(most, common);
      }
    }
    return most;
  }

  private int least(int left, long kept) {
    if (left == 0) {
      return 0;
    }
    Integer before = known.get(new State(left, kept));
    if (before != null) {
      return before;
    }
    int bound = bound(left, kept);
    int best = Integer.MAX_VALUE;
    for (int r = 0; r < rows.size() && best > bound; r++) {
      if ((left >> r & 1) == 0) {
        continue;
      }
      TreeRow row = rows.get(r);
      long path = path(row);
      int room = memory - Math.ceilDiv(row.prompt().length + row.answer() - 1, blockSize);
      int computed = row.prompt().length - cached(row, kept);
      for (long choice : choices(kept & ~path, Math.max(0, room))) {
        best = Math.min(best, computed + least(left & ~(1 << r), choice | path));
        if (best == bound) {
          break;
        }
      }
    }
    known.put(new State(left, kept), best);
    return best;
  }

  /** Ways to keep that many of the blocks: leaves go first. */
  private Set<Long> choices(long of, int most) {
    Set<Long> choices = new HashSet<>(Set.of(of));
    for (int n = Long.bitCount(of); n > most; n--) {
      Set<Long> fewer = new HashSet<>();
      for (long choice : choices) {
        for (int b = 0; b < blocks.size(); b++) {
          if ((choice >> b & 1) != 0 && isLeaf(b, choice)) {
            fewer.add(choice & ~(1L << b));
          }
        }
      }
      choices = fewer;
    }
    return choices;
  }

  private boolean isLeaf(int block, long among) {
    List<Integer> tokens = blocks.get(block);
    for (int b = 0; b < blocks.size(); b++) {
      List<Integer> other = blocks.get(b);
      if ((among >> b & 1) != 0
          && tokens.size() % blockSize == 0
          && other.size() > tokens.size()
          && other.subList(0, tokens.size()).equals(tokens)) {
        return false;
      }
    }
    return true;
  }

  /** Nodes that the rows need and memory does not hold, and once more for each repeated prompt. */
  private int bound(int left, long kept) {
    Set<List<Integer>> needed = new HashSet<>();
    Set<List<Integer>> last = new HashSet<>();
    int repeated = 0;
    for (int r = 0; r < rows.size(); r++) {
      if ((left >> r & 1) != 0) {
        TreeRow row = rows.get(r);
        List<Integer> tokens = tokens(row);
        repeated += last.add(tokens) ? 0 : 1;
        for (int n = cached(row, kept) + 1; n <= tokens.size(); n++) {
          needed.add(tokens.subList(0, n));
        }
      }
    }
    return needed.size() + repeated;
  }
}
