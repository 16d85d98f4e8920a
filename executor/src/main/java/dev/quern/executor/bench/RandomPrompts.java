package dev.quern.executor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Prompts of random token ids, never the same twice, so that nothing of them is cached. */
final class RandomPrompts {
  private final SplittableRandom random = new SplittableRandom(1);
  private final int vocabulary;

  RandomPrompts(int vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Random ids. */
  List<Integer> tokens(int count) {
    List<Integer> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(random.nextInt(vocabulary));
    }
    return ids;
  }

  /** {@code rows} prompts of {@code length} tokens with {@code shared} leading ones in common. */
  List<List<Integer>> sharing(int rows, int length, int shared) {
    List<Integer> head = tokens(shared);
    List<List<Integer>> prompts = new ArrayList<>(rows);
    for (int r = 0; r < rows; r++) {
      prompts.add(join(head, tokens(length - shared)));
    }
    return prompts;
  }

  /** The prompts, each with one random token more. */
  List<List<Integer>> extended(List<List<Integer>> prompts) {
    return prompts.stream().map(p -> join(p, tokens(1))).toList();
  }

  private static List<Integer> join(List<Integer> head, List<Integer> tail) {
    List<Integer> all = new ArrayList<>(head);
    all.addAll(tail);
    return all;
  }
}
