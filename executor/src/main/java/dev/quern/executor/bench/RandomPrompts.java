package dev.quern.executor.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Prompts of random token ids, so that nothing of them is cached but what they are to share. */
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

  /**
   * {@code rows} prompts of {@code length} tokens with {@code shared} leading ones in common, and
   * no more (as far as the vocabulary has an id for each).
   */
  List<List<Integer>> sharing(int rows, int length, int shared) {
    List<Integer> head = tokens(shared);
    int first = random.nextInt(vocabulary);
    List<List<Integer>> prompts = new ArrayList<>(rows);
    for (int r = 0; r < rows; r++) {
      List<Integer> own = tokens(length - shared);
      if (!own.isEmpty()) {
        own.set(0, (first + r) % vocabulary);
      }
      prompts.add(join(head, own));
    }
    return prompts;
  }

  /** The prompts, each with one token more, another for each. */
  List<List<Integer>> extended(List<List<Integer>> prompts) {
    int first = random.nextInt(vocabulary);
    List<List<Integer>> extended = new ArrayList<>(prompts.size());
    for (List<Integer> prompt : prompts) {
      extended.add(join(prompt, List.of((first + extended.size()) % vocabulary)));
    }
    return extended;
  }

  private static List<Integer> join(List<Integer> head, List<Integer> tail) {
    List<Integer> all = new ArrayList<>(head);
    all.addAll(tail);
    return all;
  }
}
