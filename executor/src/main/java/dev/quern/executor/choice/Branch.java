package dev.quern.executor.choice;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Tokens that leave the same choices: their probabilities add up.
 *
 * @param choices those that are left
 * @param ids ascending
 */
record Branch(BitSet choices, List<Integer> ids) {

  /**
   * The branches of a node in the order of their lowest ids.
   *
   * @param edges id to the choices that it leaves
   */
  static List<Branch> of(SortedMap<Integer, BitSet> edges) {
    Map<BitSet, List<Integer>> ids = new LinkedHashMap<>();
    edges.forEach((id, left) -> ids.computeIfAbsent(left, _ -> new ArrayList<>()).add(id));
    List<Branch> branches = new ArrayList<>();
    ids.forEach((left, which) -> branches.add(new Branch(left, which)));
    return branches;
  }

  /** Log-probability of the branch from those of its ids. */
  double mass(Map<Integer, Double> logProbabilities) {
    return logSum(ids.stream().map(logProbabilities::get).toList());
  }

  /** The id that is most probable, ties to the lower one. */
  int best(Map<Integer, Double> logProbabilities) {
    int best = ids.getFirst();
    for (int id : ids) {
      if (logProbabilities.get(id) > logProbabilities.get(best)) {
        best = id;
      }
    }
    return best;
  }

  /** The logarithm of a sum, from the logarithms of its terms. */
  static double logSum(Collection<Double> logs) {
    double most = Collections.max(logs);
    return most + Math.log(logs.stream().mapToDouble(log -> Math.exp(log - most)).sum());
  }
}
