package dev.quern.connectors;

import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReadStore;
import org.apache.parquet.column.ColumnReader;

/**
 * Assembles the values of one column, of any depth, from repetition and definition levels into an
 * Arrow vector. Each call of {@link #read} takes exactly one value of the node, with all that is
 * below it, from the leaves' readers; so all leaves stand at the same record between calls.
 */
abstract sealed class ParquetColumn {
  /** Points the leaves at the pages of a row group. */
  abstract void bind(ColumnReadStore pages);

  /** Takes the next value and stores it at an index of the vector. */
  abstract void read(int index);

  /** Passes over the one entry that a NULL or an empty list above this node leaves in each leaf. */
  abstract void pass();

  /** The leaf whose levels tell what is present: the first one, since all agree above the node. */
  abstract Leaf first();

  /**
   * Builds the reader of a node.
   *
   * @param definition definition level when the node's parent is present
   * @param repetition repetition level of the parent
   * @param leaves descriptors of the leaves, in schema order
   */
  static ParquetColumn of(
      ParquetNode node,
      int definition,
      int repetition,
      FieldVector vector,
      Iterator<ColumnDescriptor> leaves) {
    int present = definition + (node.nullable() ? 1 : 0);
    return switch (node) {
      case ParquetNode.Leaf leaf ->
          new Leaf(leaves.next(), vector, ParquetValues.writer(leaf.type(), vector));
      case ParquetNode.Struct struct -> {
        List<FieldVector> children = ((StructVector) vector).getChildrenFromFields();
        yield new Struct(
            (StructVector) vector,
            present,
            IntStream.range(0, children.size())
                .mapToObj(
                    i -> of(struct.children().get(i), present, repetition, children.get(i), leaves))
                .toList());
      }
      case ParquetNode.ListNode list -> {
        ListVector target = (ListVector) vector;
        FieldVector data = target.getDataVector();
        yield new Repeated(
            target,
            present,
            repetition + 1,
            of(list.element(), present + 1, repetition + 1, data, leaves));
      }
      case ParquetNode.MapNode map -> {
        ListVector target = (ListVector) vector;
        StructVector entries = (StructVector) target.getDataVector();
        List<FieldVector> children = entries.getChildrenFromFields();
        int inner = present + 1;
        ParquetColumn key = of(map.key(), inner, repetition + 1, children.get(0), leaves);
        ParquetColumn value = of(map.value(), inner, repetition + 1, children.get(1), leaves);
        yield new Repeated(
            target, present, repetition + 1, new Struct(entries, inner, List.of(key, value)));
      }
    };
  }

  /** A column of stored values. */
  static final class Leaf extends ParquetColumn {
    private final ColumnDescriptor descriptor;
    private final FieldVector vector;
    private final ParquetValues.Writer writer;
    private final int maxDefinition;
    private ColumnReader reader;

    private Leaf(ColumnDescriptor descriptor, FieldVector vector, ParquetValues.Writer writer) {
      this.descriptor = descriptor;
      this.vector = vector;
      this.writer = writer;
      this.maxDefinition = descriptor.getMaxDefinitionLevel();
    }

    @Override
    void bind(ColumnReadStore pages) {
      reader = pages.getColumnReader(descriptor);
    }

    @Override
    void read(int index) {
      if (reader.getCurrentDefinitionLevel() == maxDefinition) {
        writer.write(reader, index);
      } else {
        vector.setNull(index);
      }
      reader.consume();
    }

    @Override
    void pass() {
      reader.consume();
    }

    @Override
    Leaf first() {
      return this;
    }

    int definition() {
      return reader.getCurrentDefinitionLevel();
    }

    int repetition() {
      return reader.getCurrentRepetitionLevel();
    }
  }

  /** A group of named fields. */
  static final class Struct extends ParquetColumn {
    private final StructVector vector;
    private final int present;
    private final List<ParquetColumn> children;
    private final Leaf first;

    private Struct(StructVector vector, int present, List<ParquetColumn> children) {
      this.vector = vector;
      this.present = present;
      this.children = children;
      this.first = children.getFirst().first();
    }

    @Override
    void bind(ColumnReadStore pages) {
      children.forEach(child -> child.bind(pages));
    }

    @Override
    void read(int index) {
      if (first.definition() < present) {
        pass();
        vector.setNull(index);
        return;
      }
      vector.setIndexDefined(index);
      for (ParquetColumn child : children) {
        child.read(index);
      }
    }

    @Override
    void pass() {
      children.forEach(ParquetColumn::pass);
    }

    @Override
    Leaf first() {
      return first;
    }
  }

  /** A list, or a map as the list of its entries. */
  static final class Repeated extends ParquetColumn {
    private final ListVector vector;
    private final int present;
    private final int repetition;
    private final ParquetColumn element;
    private final Leaf first;

    private Repeated(ListVector vector, int present, int repetition, ParquetColumn element) {
      this.vector = vector;
      this.present = present;
      this.repetition = repetition;
      this.element = element;
      this.first = element.first();
    }

    @Override
    void bind(ColumnReadStore pages) {
      element.bind(pages);
    }

    @Override
    void read(int index) {
      int definition = first.definition();
      if (definition < present) {
        element.pass();
        vector.setNull(index);
        return;
      }
      int start = vector.startNewValue(index);
      int size = 0;
      if (definition == present) {
        element.pass();
      } else {
        do {
          element.read(start + size++);
        } while (first.repetition() == repetition);
      }
      vector.endValue(index, size);
    }

    @Override
    void pass() {
      element.pass();
    }

    @Override
    Leaf first() {
      return first;
    }
  }
}
