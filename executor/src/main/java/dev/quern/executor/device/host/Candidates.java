package dev.quern.executor.device.host;

/**
 * The tokens that may still be drawn, with their unnormalised probabilities; the best has mass 1.
 * Filters select instead of sorting the vocabulary: the order "mass descending, id ascending" is
 * found for as many leading tokens as a filter needs.
 */
final class Candidates {
  private final int[] ids;
  private float[] mass;
  private int size;

  Candidates(int vocabulary) {
    ids = new int[vocabulary];
  }

  /** Starts from every token that has a chance at all. */
  void keepAll(float[] masses, float[] logits) {
    mass = masses;
    size = 0;
    for (int id = 0; id < masses.length; id++) {
      if (logits[id] != Float.NEGATIVE_INFINITY) {
        ids[size++] = id;
      }
    }
  }

  /** Keeps the k best. */
  void keepBest(int k) {
    if (k < size) {
      select(0, size, k);
      size = k;
    }
  }

  /** Keeps the shortest run of best tokens whose share of the mass reaches {@code share}. */
  void keepMass(double share) {
    double total = total();
    double sum = 0;
    int sorted = 0;
    int batch = 64;
    while (sorted < size) {
      int end = Math.min(size, sorted + batch);
      if (end < size) {
        select(sorted, size, end);
      }
      sort(sorted, end);
      for (; sorted < end; sorted++) {
        sum += mass[ids[sorted]];
        if (sum >= share * total) {
          size = sorted + 1;
          return;
        }
      }
      batch *= 4;
    }
  }

  /** Keeps tokens of at least this mass. */
  void keepAtLeast(float least) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (mass[ids[i]] >= least) {
        ids[kept++] = ids[i];
      }
    }
    size = kept;
  }

  /** The token at quantile {@code u} of the mass, u in [0, 1). */
  int pick(double u) {
    double target = u * total();
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += mass[ids[i]];
      if (sum > target) {
        return ids[i];
      }
    }
    return lastWithMass(); // u so close to 1 that rounding left target equal to the total
  }

  private int lastWithMass() {
    int last = size - 1;
    while (mass[ids[last]] == 0) {
      last--;
    }
    return ids[last];
  }

  private double total() {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += mass[ids[i]];
    }
    return sum;
  }

  private boolean before(int a, int b) {
    return mass[a] > mass[b] || (mass[a] == mass[b] && a < b);
  }

  /** Quickselect: afterwards ids[from..middle) stand before ids[middle..to) in the order. */
  private void select(int from, int to, int middle) {
    int low = from;
    int high = to - 1;
    while (low < high) {
      int pivot = pivot(low, high);
      int i = low;
      int j = high;
      while (i <= j) {
        while (before(ids[i], pivot)) {
          i++;
        }
        while (before(pivot, ids[j])) {
          j--;
        }
        if (i <= j) {
          swap(i++, j--);
        }
      }
      if (middle <= j) {
        high = j;
      } else if (middle >= i) {
        low = i;
      } else {
        return;
      }
    }
  }

  private int pivot(int low, int high) {
    int a = ids[low];
    int b = ids[(low + high) >>> 1];
    int c = ids[high];
    if (before(a, b)) {
      return before(b, c) ? b : before(a, c) ? c : a;
    }
    return before(a, c) ? a : before(b, c) ? c : b;
  }

  private void sort(int from, int to) {
    if (to - from > 16) {
      int middle = (from + to) >>> 1;
      select(from, to, middle);
      sort(from, middle);
      sort(middle, to);
      return;
    }
    for (int i = from + 1; i < to; i++) {
      for (int j = i; j > from && before(ids[j], ids[j - 1]); j--) {
        swap(j, j - 1);
      }
    }
  }

  private void swap(int a, int b) {
    int held = ids[a];
    ids[a] = ids[b];
    ids[b] = held;
  }
}
