package dev.quern.connectors;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/**
 * Hands the values of one vector to Parquet's record consumer, fields of {@link ParquetSchemas}.
 */
final class ParquetFields {
  /** Passes the value at an index, which is not NULL. */
  @FunctionalInterface
  interface Value {
    void add(int index);
  }

  private final FieldVector vector;
  private final Type type;
  private final int position;
  private final RecordConsumer out;
  private final Value value;

  ParquetFields(FieldVector vector, Type type, int position, RecordConsumer out) {
    this.vector = vector;
    this.type = type;
    this.position = position;
    this.out = out;
    this.value = value(vector, type, out);
  }

  /** Passes the field's value at an index; a NULL is a field that is left out. */
  void add(int index) {
    if (!vector.isNull(index)) {
      out.startField(type.getName(), position);
      value.add(index);
      out.endField(type.getName(), position);
    } else if (type.isRepetition(Repetition.REQUIRED)) {
      throw new BadValueException(
          "column \"" + type.getName() + "\" is declared NOT NULL but a row has NULL in it");
    }
  }

  private static Value value(FieldVector vector, Type type, RecordConsumer out) {
    return switch (vector) {
      case StructVector struct -> struct(struct, type.asGroupType(), out);
      case ListVector list -> list(list, type.asGroupType(), out);
      case BitVector bits -> i -> out.addBoolean(bits.get(i) == 1);
      case TinyIntVector bytes -> i -> out.addInteger(bytes.get(i));
      case SmallIntVector shorts -> i -> out.addInteger(shorts.get(i));
      case IntVector ints -> i -> out.addInteger(ints.get(i));
      case BigIntVector longs -> i -> out.addLong(longs.get(i));
      case Float4Vector floats -> i -> out.addFloat(floats.get(i));
      case Float8Vector doubles -> i -> out.addDouble(doubles.get(i));
      case DateDayVector days -> i -> out.addInteger(days.get(i));
      case TimeMilliVector times -> i -> out.addInteger(times.get(i));
      case TimeMicroVector times -> i -> out.addLong(times.get(i));
      case TimeNanoVector times -> i -> out.addLong(times.get(i));
      case TimeStampVector stamps -> i -> out.addLong(stamps.get(i));
      case DecimalVector decimals -> decimal(type, out, decimals::getObject);
      case Decimal256Vector decimals -> decimal(type, out, decimals::getObject);
      // One array a value: the writer's dictionary keeps it.
      case BaseVariableWidthVector bytes ->
          i -> out.addBinary(Binary.fromConstantByteArray(bytes.get(i)));
      default -> throw new IllegalArgumentException("no Parquet type for " + vector.getField());
    };
  }

  private interface Decimals {
    BigDecimal get(int index);
  }

  private static Value decimal(Type type, RecordConsumer out, Decimals decimals) {
    return switch (type.asPrimitiveType().getPrimitiveTypeName()) {
      case INT32 -> i -> out.addInteger(decimals.get(i).unscaledValue().intValueExact());
      case INT64 -> i -> out.addLong(decimals.get(i).unscaledValue().longValueExact());
      case FIXED_LEN_BYTE_ARRAY -> {
        int length = type.asPrimitiveType().getTypeLength();
        yield i ->
            out.addBinary(
                Binary.fromConstantByteArray(
                    padded(decimals.get(i).unscaledValue().toByteArray(), length)));
      }
      case BINARY, BOOLEAN, FLOAT, DOUBLE, INT96 ->
          throw new IllegalArgumentException("decimals are not written as " + type);
    };
  }

  /** The same number in two's complement, big-endian, of a fixed length. */
  private static byte[] padded(byte[] number, int length) {
    byte[] fixed = new byte[length];
    byte sign = (byte) (number[0] < 0 ? -1 : 0);
    Arrays.fill(fixed, 0, length - number.length, sign);
    System.arraycopy(number, 0, fixed, length - number.length, number.length);
    return fixed;
  }

  private static Value struct(StructVector struct, GroupType type, RecordConsumer out) {
    List<ParquetFields> fields = fields(struct, type, out);
    return i -> {
      out.startGroup();
      fields.forEach(field -> field.add(i));
      out.endGroup();
    };
  }

  private static List<ParquetFields> fields(
      StructVector struct, GroupType type, RecordConsumer out) {
    List<FieldVector> children = struct.getChildrenFromFields();
    return IntStream.range(0, children.size())
        .mapToObj(c -> new ParquetFields(children.get(c), type.getType(c), c, out))
        .toList();
  }

  /** Lists and maps: a group around a repeated group of the element, or of key and value. */
  private static Value list(ListVector list, GroupType type, RecordConsumer out) {
    GroupType repeated = type.getType(0).asGroupType();
    boolean map = repeated.getFieldCount() == 2;
    List<ParquetFields> fields =
        map
            ? fields((StructVector) list.getDataVector(), repeated, out)
            : List.of(new ParquetFields(list.getDataVector(), repeated.getType(0), 0, out));
    return i -> {
      int start = list.getElementStartIndex(i);
      int end = list.getElementEndIndex(i);
      out.startGroup();
      if (start < end) {
        out.startField(repeated.getName(), 0);
        for (int element = start; element < end; element++) {
          int at = element;
          out.startGroup();
          fields.forEach(field -> field.add(at));
          out.endGroup();
        }
        out.endField(repeated.getName(), 0);
      }
      out.endGroup();
    };
  }
}
