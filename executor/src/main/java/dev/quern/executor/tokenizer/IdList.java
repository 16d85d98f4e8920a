package dev.quern.executor.tokenizer;

import java.util.Arrays;

/** A growing array of ids. */
final class IdList {
  private int[] values;
  private int size;

  IdList(int capacity) {
    values = new int[capacity];
  }

  void add(int id) {
    reserve(1);
    values[size++] = id;
  }

  void addAll(int[] ids) {
    reserve(ids.length);
    System.arraycopy(ids, 0, values, size, ids.length);
    size += ids.length;
  }

  private void reserve(int more) {
    if (size + more > values.length) {
      values = Arrays.copyOf(values, Math.max(values.length * 2, size + more));
    }
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
