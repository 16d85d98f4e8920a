package dev.quern.connectors;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** Copies a value of one vector to a place in another, of the same or a wider type. */
@FunctionalInterface
interface ValueCopy {
  void copy(int from, int to);

  /** The copier between two vectors; the target's type must hold every value of the source's. */
  static ValueCopy between(FieldVector from, FieldVector to) {
    ValueCopy values = present(from, to);
    return (i, j) -> {
      if (from.isNull(i)) {
        to.setNull(j);
      } else {
        values.copy(i, j);
      }
    };
  }

  private static ValueCopy present(FieldVector from, FieldVector to) {
    return switch (to) {
      case StructVector struct -> struct((StructVector) from, struct);
      case ListVector list -> list((ListVector) from, list);
      default ->
          from.getField().getType().equals(to.getField().getType())
              ? (i, j) -> to.copyFromSafe(i, j, from)
              : widened(from, to);
    };
  }

  private static ValueCopy struct(StructVector from, StructVector to) {
    List<ValueCopy> children = new ArrayList<>();
    for (FieldVector child : to.getChildrenFromFields()) {
      children.add(between(from.getChild(child.getName()), child));
    }
    return (i, j) -> {
      to.setIndexDefined(j);
      children.forEach(child -> child.copy(i, j));
    };
  }

  private static ValueCopy list(ListVector from, ListVector to) {
    ValueCopy element = between(from.getDataVector(), to.getDataVector());
    return (i, j) -> {
      int start = from.getElementStartIndex(i);
      int size = from.getElementEndIndex(i) - start;
      int target = to.startNewValue(j);
      for (int k = 0; k < size; k++) {
        element.copy(start + k, target + k);
      }
      to.endValue(j, size);
    };
  }

  private static ValueCopy widened(FieldVector from, FieldVector to) {
    return switch (to) {
      case SmallIntVector target -> {
        BaseIntVector source = (BaseIntVector) from;
        yield (i, j) -> target.setSafe(j, (short) source.getValueAsLong(i));
      }
      case IntVector target -> {
        BaseIntVector source = (BaseIntVector) from;
        yield (i, j) -> target.setSafe(j, (int) source.getValueAsLong(i));
      }
      case BigIntVector target -> {
        BaseIntVector source = (BaseIntVector) from;
        yield (i, j) -> target.setSafe(j, source.getValueAsLong(i));
      }
      case DecimalVector target when from instanceof UInt8Vector source ->
          (i, j) -> target.setSafe(j, new BigDecimal(source.getObjectNoOverflow(i)));
      case Float4Vector target when from instanceof Float2Vector source ->
          (i, j) -> target.setSafe(j, source.getValueAsFloat(i));
      case Float8Vector target -> doubles(from, target);
      default -> throw unsupported(from, to);
    };
  }

  private static ValueCopy doubles(FieldVector from, Float8Vector to) {
    return switch (from) {
      case Float2Vector source -> (i, j) -> to.setSafe(j, source.getValueAsFloat(i));
      case Float4Vector source -> (i, j) -> to.setSafe(j, source.get(i));
      case BaseIntVector source -> (i, j) -> to.setSafe(j, exactDouble(source.getValueAsLong(i)));
      default -> throw unsupported(from, to);
    };
  }

  private static double exactDouble(long value) {
    double widened = value;
    if ((long) widened != value || value == Long.MAX_VALUE) {
      throw new BadValueException(
          "the integer "
              + value
              + " is no exact DOUBLE, which is the column's type in other files; store the column"
              + " as one type in all files");
    }
    return widened;
  }

  private static IllegalArgumentException unsupported(FieldVector from, FieldVector to) {
    return new IllegalArgumentException(
        "no values of " + from.getField() + " fit into " + to.getField());
  }
}
