package dev.quern.connectors;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarBinaryVector;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;

/**
 * Copies a value of one vector to a place in another, of the same type or of the one that tables
 * hand out for it ({@link ArrowTypes}) or that several files have in common ({@link SchemaUnion}).
 */
@FunctionalInterface
interface ValueCopy {
  long SECONDS = 1000;
  long MILLIS_PER_DAY = 86_400_000;

  void copy(int from, int to);

  /** The copier between two vectors; the target's type must hold every value of the source's. */
  static ValueCopy between(FieldVector from, FieldVector to, DictionaryProvider dictionaries) {
    if (from instanceof NullVector) {
      return (i, j) -> to.setNull(j);
    }
    DictionaryEncoding encoding = from.getField().getDictionary();
    ValueCopy values =
        encoding == null
            ? present(from, to, dictionaries)
            : decoded((BaseIntVector) from, to, encoding, dictionaries);
    return (i, j) -> {
      if (from.isNull(i)) {
        to.setNull(j);
      } else {
        values.copy(i, j);
      }
    };
  }

  private static ValueCopy decoded(
      BaseIntVector from,
      FieldVector to,
      DictionaryEncoding encoding,
      DictionaryProvider dictionaries) {
    FieldVector values = dictionaries.lookup(encoding.getId()).getVector();
    ValueCopy entry = between(values, to, dictionaries);
    return (i, j) -> {
      long index = from.getValueAsLong(i);
      if (index < 0 || index >= values.getValueCount()) {
        throw new BadValueException(
            "entry " + index + " of a dictionary that has " + values.getValueCount());
      }
      entry.copy((int) index, j);
    };
  }

  private static ValueCopy present(
      FieldVector from, FieldVector to, DictionaryProvider dictionaries) {
    return switch (to) {
      case StructVector struct -> struct((StructVector) from, struct, dictionaries);
      case ListVector list -> list(from, list, dictionaries);
      case VarCharVector texts -> text(from, texts);
      default ->
          from.getField().getType().equals(to.getField().getType())
              ? (i, j) -> to.copyFromSafe(i, j, from)
              : converted(from, to);
    };
  }

  private static ValueCopy struct(
      StructVector from, StructVector to, DictionaryProvider dictionaries) {
    List<FieldVector> sources = from.getChildrenFromFields();
    List<FieldVector> targets = to.getChildrenFromFields();
    boolean byName = targets.stream().allMatch(target -> from.getChild(target.getName()) != null);
    List<ValueCopy> children = new ArrayList<>();
    for (int c = 0; c < targets.size(); c++) {
      FieldVector source = byName ? from.getChild(targets.get(c).getName()) : sources.get(c);
      children.add(between(source, targets.get(c), dictionaries));
    }
    return (i, j) -> {
      to.setIndexDefined(j);
      children.forEach(child -> child.copy(i, j));
    };
  }

  private static ValueCopy list(FieldVector from, ListVector to, DictionaryProvider dictionaries) {
    FieldVector elements =
        switch (from) {
          case ListVector list -> list.getDataVector();
          case LargeListVector list -> list.getDataVector();
          case FixedSizeListVector list -> list.getDataVector();
          default -> throw unsupported(from, to);
        };
    ValueCopy element = between(elements, to.getDataVector(), dictionaries);
    IntUnaryOperator offset =
        switch (from) {
          case BaseListVector list -> list::getElementStartIndex;
          case LargeListVector list -> i -> Math.toIntExact(list.getElementStartIndex(i));
          default -> throw unsupported(from, to);
        };
    IntUnaryOperator end =
        switch (from) {
          case BaseListVector list -> list::getElementEndIndex;
          case LargeListVector list -> i -> Math.toIntExact(list.getElementEndIndex(i));
          default -> throw unsupported(from, to);
        };
    return (i, j) -> {
      int start = offset.applyAsInt(i);
      int size = end.applyAsInt(i) - start;
      int target = to.startNewValue(j);
      for (int k = 0; k < size; k++) {
        element.copy(start + k, target + k);
      }
      to.endValue(j, size);
    };
  }

  private static ValueCopy text(FieldVector from, VarCharVector to) {
    return switch (from) {
      case VarCharVector source -> (i, j) -> putText(to, j, source.get(i));
      case LargeVarCharVector source -> (i, j) -> putText(to, j, source.get(i));
      case ViewVarCharVector source -> (i, j) -> putText(to, j, source.get(i));
      default -> throw unsupported(from, to);
    };
  }

  private static void putText(VarCharVector to, int index, byte[] text) {
    Utf8.require(ByteBuffer.wrap(text));
    to.setSafe(index, text);
  }

  private static ValueCopy converted(FieldVector from, FieldVector to) {
    return switch (to) {
      case SmallIntVector target when from instanceof BaseIntVector source ->
          (i, j) -> target.setSafe(j, (short) source.getValueAsLong(i));
      case IntVector target when from instanceof BaseIntVector source ->
          (i, j) -> target.setSafe(j, (int) source.getValueAsLong(i));
      case BigIntVector target when from instanceof BaseIntVector source ->
          (i, j) -> target.setSafe(j, source.getValueAsLong(i));
      case DecimalVector target when from instanceof UInt8Vector source ->
          (i, j) -> target.setSafe(j, new BigDecimal(source.getObjectNoOverflow(i)));
      case Float4Vector target when from instanceof Float2Vector source ->
          (i, j) -> target.setSafe(j, source.getValueAsFloat(i));
      case Float8Vector target -> doubles(from, target);
      case VarBinaryVector target -> bytes(from, target);
      case DateDayVector target when from instanceof DateMilliVector source ->
          (i, j) -> target.setSafe(j, (int) Math.floorDiv(source.get(i), MILLIS_PER_DAY));
      case TimeMilliVector target when from instanceof TimeSecVector source ->
          (i, j) -> target.setSafe(j, Math.toIntExact(source.get(i) * SECONDS));
      case TimeStampVector target when from instanceof TimeStampVector source -> {
        boolean seconds =
            from.getField().getType() instanceof ArrowType.Timestamp stamp
                && stamp.getUnit() == TimeUnit.SECOND;
        yield seconds
            ? (i, j) -> target.setSafe(j, Math.multiplyExact(source.get(i), SECONDS))
            : (i, j) -> target.setSafe(j, source.get(i));
      }
      default -> throw unsupported(from, to);
    };
  }

  private static ValueCopy bytes(FieldVector from, VarBinaryVector to) {
    return switch (from) {
      case LargeVarBinaryVector source -> (i, j) -> to.setSafe(j, source.get(i));
      case ViewVarBinaryVector source -> (i, j) -> to.setSafe(j, source.get(i));
      case FixedSizeBinaryVector source -> (i, j) -> to.setSafe(j, source.get(i));
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
