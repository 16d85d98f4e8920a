package dev.quern.executor.choice;

import dev.quern.executor.device.SamplingRow;
import dev.quern.executor.device.host.Sampler;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One row's way down the trie. At each place the ids that leave the same choices are one branch,
 * whose probability is their sum; one branch is drawn, the row goes on with its most probable id,
 * and ends when one choice is left.
 */
public final class ChoiceWalk {
  /** What a step brought. */
  public sealed interface Outcome {
    /** One choice is left; {@code id} is the token that told. */
    record Chosen(String text, int id) implements Outcome {}

    /** Several are left: the sequence goes on with {@code id}. */
    record Undecided(int id) implements Outcome {}

    /** No choice is preferred. */
    record NoPreference() implements Outcome {}
  }

  private final ChoiceTrie trie;
  private final Set<Integer> endIds;
  private ChoiceTrie.Node node;
  private int[] ids;
  private List<Branch> branches;
  private int decisions;

  /**
   * @param endIds ids that end an answer: they tell a choice from a longer one that begins with it
   */
  public ChoiceWalk(ChoiceTrie trie, Set<Integer> endIds) {
    this.trie = trie;
    this.endIds = endIds;
    stand(trie.root());
  }

  private void stand(ChoiceTrie.Node at) {
    node = at;
    SortedMap<Integer, BitSet> edges = new TreeMap<>();
    if (at.end >= 0) {
      BitSet only = new BitSet();
      only.set(at.end);
      endIds.forEach(id -> edges.put(id, only));
    }
    at.children.forEach((id, child) -> edges.put(id, child.choices));
    ids = edges.keySet().stream().mapToInt(id -> id).toArray();
    branches = Branch.of(edges);
  }

  /** Ids that may come next, ascending: their log-probabilities decide. Do not change. */
  public int[] ids() {
    return ids;
  }

  /** Branches drawn so far; a place with one branch is none. */
  public int decisions() {
    return decisions;
  }

  /**
   * Takes a step.
   *
   * @param logProbabilities of {@link #ids()}, in their order
   * @param sampling temperature, top-k, top-p, min-p, seed and position: they hold among branches;
   *     temperature 0 takes the most probable one, ties to the one with the lowest id
   */
  public Outcome decide(double[] logProbabilities, SamplingRow sampling) {
    Map<Integer, Double> byId = new HashMap<>();
    for (int i = 0; i < ids.length; i++) {
      byId.put(ids[i], logProbabilities[i]);
    }
    Branch branch = branches.getFirst();
    if (branches.size() > 1) {
      decisions++;
      List<Double> masses = new ArrayList<>();
      branches.forEach(b -> masses.add(b.mass(byId)));
      if (!preferred(masses)) {
        return new Outcome.NoPreference();
      }
      branch = branches.get(draw(masses, sampling));
    }
    int id = branch.best(byId);
    if (branch.choices().cardinality() == 1) {
      int only = branch.choices().nextSetBit(0);
      return new Outcome.Chosen(trie.choices().texts().get(only), id);
    }
    stand(node.children.get(id));
    return new Outcome.Undecided(id);
  }

  private boolean preferred(List<Double> masses) {
    double all = Branch.logSum(masses);
    double share = Math.exp(Collections.max(masses) - all);
    return trie.choices()
        .preference()
        .map(p -> Math.exp(all) >= p.mass() && share >= p.share())
        .orElse(true);
  }

  private static int draw(List<Double> masses, SamplingRow sampling) {
    var sampler = new Sampler(masses.size());
    for (int i = 0; i < masses.size(); i++) {
      sampler.logits()[i] = masses.get(i).floatValue();
    }
    return sampler.next(sampling);
  }
}
