package dev.quern.connectors;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
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
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation.Float16LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Moves one stored value into the vector of its type; see {@link ParquetTypes} for the types. */
final class ParquetValues {
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final int JULIAN_EPOCH_DAY = 2_440_588;

  private ParquetValues() {}

  /** Stores the reader's current value at an index. */
  @FunctionalInterface
  interface Writer {
    void write(ColumnReader reader, int index);
  }

  static Writer writer(PrimitiveType type, FieldVector vector) {
    boolean unsigned =
        type.getLogicalTypeAnnotation() instanceof IntLogicalTypeAnnotation integer
            && !integer.isSigned();
    PrimitiveTypeName stored = type.getPrimitiveTypeName();
    return switch (vector) {
      case BitVector bits -> (r, i) -> bits.setSafe(i, r.getBoolean() ? 1 : 0);
      case TinyIntVector bytes -> (r, i) -> bytes.setSafe(i, (byte) r.getInteger());
      case SmallIntVector shorts ->
          unsigned
              ? (r, i) -> shorts.setSafe(i, (short) (r.getInteger() & 0xff))
              : (r, i) -> shorts.setSafe(i, (short) r.getInteger());
      case IntVector ints ->
          unsigned
              ? (r, i) -> ints.setSafe(i, r.getInteger() & 0xffff)
              : (r, i) -> ints.setSafe(i, r.getInteger());
      case BigIntVector longs ->
          stored == PrimitiveTypeName.INT32
              ? (r, i) -> longs.setSafe(i, r.getInteger() & 0xffff_ffffL)
              : (r, i) -> longs.setSafe(i, r.getLong());
      case Float4Vector floats ->
          type.getLogicalTypeAnnotation() instanceof Float16LogicalTypeAnnotation
              ? (r, i) ->
                  floats.setSafe(i, Float.float16ToFloat(r.getBinary().get2BytesLittleEndian()))
              : (r, i) -> floats.setSafe(i, r.getFloat());
      case Float8Vector doubles -> (r, i) -> doubles.setSafe(i, r.getDouble());
      case DateDayVector days -> (r, i) -> days.setSafe(i, r.getInteger());
      case TimeMilliVector times -> (r, i) -> times.setSafe(i, r.getInteger());
      case TimeMicroVector times -> (r, i) -> times.setSafe(i, r.getLong());
      case TimeNanoVector times -> (r, i) -> times.setSafe(i, r.getLong());
      case TimeStampVector stamps ->
          stored == PrimitiveTypeName.INT96
              ? (r, i) -> stamps.setSafe(i, int96Micros(r.getBinary()))
              : (r, i) -> stamps.setSafe(i, r.getLong());
      case DecimalVector decimals -> decimal(stored, unsigned, decimals);
      case Decimal256Vector decimals ->
          (r, i) ->
              decimals.setSafe(
                  i, new BigDecimal(new BigInteger(r.getBinary().getBytes()), decimals.getScale()));
      case VarCharVector texts ->
          type.getLogicalTypeAnnotation() instanceof UUIDLogicalTypeAnnotation
              ? (r, i) -> texts.setSafe(i, uuid(r.getBinary()))
              : (r, i) -> putText(texts, i, r.getBinary());
      case VarBinaryVector bytes -> (r, i) -> put(bytes, i, r.getBinary().toByteBuffer());
      default -> throw new IllegalArgumentException(type + " has no place in " + vector.getField());
    };
  }

  private static Writer decimal(
      PrimitiveTypeName stored, boolean unsigned, DecimalVector decimals) {
    return switch (stored) {
      case INT32 -> (r, i) -> decimals.setSafe(i, (long) r.getInteger());
      case INT64 ->
          unsigned
              ? (r, i) -> decimals.setSafe(i, new BigDecimal(Long.toUnsignedString(r.getLong())))
              : (r, i) -> decimals.setSafe(i, r.getLong());
      case BINARY, FIXED_LEN_BYTE_ARRAY ->
          (r, i) -> {
            byte[] unscaled = r.getBinary().getBytes();
            if (unscaled.length > 0 && unscaled.length <= DecimalVector.TYPE_WIDTH) {
              decimals.setBigEndianSafe(i, unscaled);
            } else {
              decimals.setSafe(i, new BigDecimal(new BigInteger(unscaled), decimals.getScale()));
            }
          };
      case BOOLEAN, FLOAT, DOUBLE, INT96 ->
          throw new IllegalArgumentException(stored + " cannot hold decimals");
    };
  }

  private static void putText(VarCharVector texts, int index, Binary value) {
    ByteBuffer bytes = value.toByteBuffer();
    Utf8.require(bytes);
    put(texts, index, bytes);
  }

  private static void put(BaseVariableWidthVector vector, int index, ByteBuffer bytes) {
    vector.setSafe(index, bytes, bytes.position(), bytes.remaining());
  }

  /** The legacy timestamp: nanoseconds of the day, then the Julian day, both little-endian. */
  private static long int96Micros(Binary value) {
    ByteBuffer bytes = value.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long nanos = bytes.getLong(bytes.position());
    long day = bytes.getInt(bytes.position() + Long.BYTES);
    return (day - JULIAN_EPOCH_DAY) * MICROS_PER_DAY + Math.floorDiv(nanos, 1000L);
  }

  private static byte[] uuid(Binary value) {
    ByteBuffer bytes = value.toByteBuffer();
    UUID uuid =
        new UUID(bytes.getLong(bytes.position()), bytes.getLong(bytes.position() + Long.BYTES));
    return uuid.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
