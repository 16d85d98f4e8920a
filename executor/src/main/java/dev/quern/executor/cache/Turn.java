package dev.quern.executor.cache;

/**
 * A sequence's place in the order of execution: priority, batch, prefix-tree order.
 *
 * @param priority higher first
 * @param batch arrival number of the batch, earlier first
 * @param order place in the batch
 */
public record Turn(int priority, long batch, int order) implements Comparable<Turn> {
  @Override
  public int compareTo(Turn other) {
    if (priority != other.priority) {
      return Integer.compare(other.priority, priority);
    }
    if (batch != other.batch) {
      return Long.compare(batch, other.batch);
    }
    return Integer.compare(order, other.order);
  }
}
