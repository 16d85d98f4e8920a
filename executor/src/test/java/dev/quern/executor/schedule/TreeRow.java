package dev.quern.executor.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A row of a batch under test: its prompt, how long its answer gets and how long it might. */
record TreeRow(int[] prompt, int answer, int most) {
  /**
   * Random prompts that form a tree: most go on where another one, or a part of it, ends.
   *
   * @param longest most tokens that a prompt adds to another
   */
  static List<TreeRow> random(Random random, int rows, int longest, int mostAnswer) {
    List<TreeRow> made = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      int[] head = i == 0 ? new int[0] : made.get(random.nextInt(i)).prompt();
      int kept = head.length == 0 ? 0 : random.nextInt(head.length + 1);
      int added = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(longest);
      added = kept + added == 0 ? 1 : added;
      int[] prompt = Arrays.copyOf(head, kept + added);
      for (int p = kept; p < prompt.length; p++) {
        prompt[p] = random.nextInt(3);
      }
      int answer = 1 + random.nextInt(mostAnswer);
      made.add(new TreeRow(prompt, answer, answer + random.nextInt(mostAnswer)));
    }
    return made;
  }

  /** Nodes of the token tree: the different beginnings, not empty, of all prompts. */
  static int nodes(List<TreeRow> rows) {
    Set<List<Integer>> nodes = new HashSet<>();
    for (TreeRow row : rows) {
      List<Integer> prompt = Arrays.stream(row.prompt()).boxed().toList();
      for (int n = 1; n <= prompt.size(); n++) {
        nodes.add(prompt.subList(0, n));
      }
    }
    return nodes.size();
  }

  /** Rows, in order of execution, whose whole prompt begins one in front of them. */
  static int repeated(List<TreeRow> order) {
    int repeated = 0;
    for (int i = 0; i < order.size(); i++) {
      TreeRow row = order.get(i);
      repeated += order.subList(0, i).stream().anyMatch(row::begins) ? 1 : 0;
    }
    return repeated;
  }

  /** Whether the whole prompt is the beginning of another or equal to it. */
  private boolean begins(TreeRow other) {
    return other.prompt.length >= prompt.length
        && Arrays.equals(prompt, 0, prompt.length, other.prompt, 0, prompt.length);
  }
}
