package dev.quern.executor.device.host;

import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.Routing;
import dev.quern.executor.device.Tensor;
import dev.quern.executor.device.Weight;
import java.lang.foreign.MemorySegment;

/** Shape checks of device operations; messages name the operand, expected and found. */
public final class Require {
  private Require() {}

  /** A float32 tensor with at least {@code columns} columns and {@code rows} rows. */
  public static void floats(String name, Tensor tensor, int rows, int columns) {
    if (tensor.type() != ElementType.F32
        || rows < 0
        || tensor.rows() < rows
        || tensor.columns() < columns) {
      throw shape(name, tensor, rows, columns);
    }
  }

  /** A float32 tensor with exactly {@code columns} columns and at least {@code rows} rows. */
  public static void same(String name, Tensor tensor, int rows, int columns) {
    floats(name, tensor, rows, columns);
    if (tensor.columns() != columns) {
      throw shape(name, tensor, rows, columns);
    }
  }

  /** An INT32 tensor with room for {@code count} ids. */
  public static void ids(String name, Tensor tensor, int count) {
    elements(name, tensor, ElementType.INT32, count);
  }

  /** At least {@code count} elements of this type. */
  public static void elements(String name, Tensor tensor, ElementType type, int count) {
    if (tensor.type() != type) {
      throw new IllegalArgumentException(name + ": expected " + type + " but got " + tensor.type());
    }
    long held = (long) tensor.rows() * tensor.columns();
    if (count < 0 || count > held) {
      throw new IllegalArgumentException(
          name + ": " + count + " elements asked of a tensor that holds " + held);
    }
  }

  /** A weight that takes {@code columns} inputs. */
  public static void inputs(Weight weight, int columns) {
    if (weight.columns() != columns) {
      throw new IllegalArgumentException(
          weight.name() + ": expected " + columns + " inputs but it has " + weight.columns());
    }
  }

  /** A weight that gives {@code rows} outputs. */
  public static void outputs(Weight weight, int rows) {
    if (weight.rows() != rows) {
      throw new IllegalArgumentException(
          weight.name() + ": expected " + rows + " outputs but it has " + weight.rows());
    }
  }

  /** A weight of one row. */
  public static void vector(Weight weight, int columns) {
    if (weight.rows() != 1) {
      throw new IllegalArgumentException(
          weight.name() + ": expected one row but it has " + weight.rows());
    }
    inputs(weight, columns);
  }

  /** Two weights of one shape. */
  public static void same(Weight a, Weight b) {
    if (a.rows() != b.rows() || a.columns() != b.columns()) {
      throw new IllegalArgumentException(
          b.name()
              + ": expected ["
              + a.rows()
              + ", "
              + a.columns()
              + "] as "
              + a.name()
              + " but it is ["
              + b.rows()
              + ", "
              + b.columns()
              + "]");
    }
  }

  /** An index in [0, bound). */
  public static int index(String name, int index, int bound) {
    if (index < 0 || index >= bound) {
      throw new IllegalArgumentException(name + " " + index + " is not in [0, " + bound + ")");
    }
    return index;
  }

  /** Room for {@code rows} tokens and no more choices than experts. */
  public static void routing(Routing routing, int experts, int rows) {
    if (rows > routing.capacity() || routing.topK() > experts) {
      throw new IllegalArgumentException(
          "routing: "
              + rows
              + " rows of "
              + routing.topK()
              + " out of "
              + experts
              + " experts, but it holds "
              + routing.capacity()
              + " rows");
    }
  }

  /** Query rows, head width, layer, and a block for every position of the batch. */
  public static void attention(Tensor q, KvSpec spec, int layer, AttentionBatch batch) {
    int group = spec.kvHeads() * spec.headDim();
    if (q.columns() % group != 0) {
      throw new IllegalArgumentException(
          "q: " + q.columns() + " columns are no multiple of " + group + " (KV heads x head_dim)");
    }
    floats("q", q, batch.rows(), q.columns());
    index("layer", layer, spec.layers());
    for (int s = 0; s < batch.sequences(); s++) {
      int count = batch.firstRow()[s + 1] - batch.firstRow()[s];
      int tokens = batch.firstPosition()[s] + count;
      int needed = (tokens + spec.blockSize() - 1) / spec.blockSize();
      int[] table = batch.blockTable()[s];
      if (count < 0 || batch.firstPosition()[s] < 0 || table.length < needed) {
        throw new IllegalArgumentException(
            "sequence "
                + s
                + ": "
                + count
                + " rows from position "
                + batch.firstPosition()[s]
                + " need "
                + needed
                + " blocks of "
                + spec.blockSize()
                + " but the table has "
                + table.length);
      }
      for (int b = 0; b < needed; b++) {
        index("block", table[b], spec.blocks());
      }
    }
  }

  /** Layers and blocks of the cache, and room for them in exported form. */
  public static void transfer(
      KvSpec spec, int firstLayer, int layers, int[] blocks, MemorySegment memory) {
    index("first layer", firstLayer, spec.layers());
    index("last layer", firstLayer + layers - 1, spec.layers());
    index("last layer behind the first", layers - 1, spec.layers());
    for (int block : blocks) {
      index("block", block, spec.blocks());
    }
    long needed = Math.multiplyExact(blocks.length, spec.exportedBlockBytes(layers));
    if (memory.byteSize() < needed) {
      throw new IllegalArgumentException(
          blocks.length
              + " blocks of "
              + layers
              + " layers take "
              + needed
              + " bytes in exported form but the memory has "
              + memory.byteSize());
    }
  }

  private static IllegalArgumentException shape(String name, Tensor tensor, int rows, int columns) {
    return new IllegalArgumentException(
        name
            + ": expected F32 with at least "
            + rows
            + " rows of "
            + columns
            + " columns but got "
            + tensor.type()
            + " ["
            + tensor.rows()
            + ", "
            + tensor.columns()
            + "]");
  }
}
