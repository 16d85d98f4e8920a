package dev.quern.connectors;

import static org.apache.parquet.schema.LogicalTypeAnnotation.dateType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.decimalType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.intType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timeType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import dev.quern.executor.table.TableException;
import java.math.BigInteger;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/** Which Parquet type an Arrow column is written as. */
final class ParquetSchemas {
  static final String LIST = "list";
  static final String ELEMENT = "element";
  static final String ENTRY = "key_value";
  static final String KEY = "key";
  static final String VALUE = "value";

  private ParquetSchemas() {}

  static MessageType message(Schema schema) {
    return new MessageType(
        "quern", schema.getFields().stream().map(field -> type(field, field.getName())).toList());
  }

  private static Type type(Field field, String name) {
    Repetition repetition = field.isNullable() ? Repetition.OPTIONAL : Repetition.REQUIRED;
    return switch (field.getType()) {
      case ArrowType.Struct _ -> {
        if (field.getChildren().isEmpty()) {
          throw new TableException(
              "column \"" + name + "\" is a ROW without fields, which Parquet cannot store");
        }
        yield Types.buildGroup(repetition)
            .addFields(
                field.getChildren().stream()
                    .map(child -> type(child, child.getName()))
                    .toArray(Type[]::new))
            .named(name);
      }
      case ArrowType.List _ ->
          Types.buildGroup(repetition)
              .as(LogicalTypeAnnotation.listType())
              .repeatedGroup()
              .addField(type(field.getChildren().getFirst(), ELEMENT))
              .named(LIST)
              .named(name);
      case ArrowType.Map _ -> {
        Field entry = field.getChildren().getFirst();
        Type key = type(entry.getChildren().get(0), KEY);
        Type value = type(entry.getChildren().get(1), VALUE);
        yield Types.buildGroup(repetition)
            .as(LogicalTypeAnnotation.mapType())
            .repeatedGroup()
            .addFields(key, value)
            .named(ENTRY)
            .named(name);
      }
      default -> primitive(field, repetition, name);
    };
  }

  private static PrimitiveType primitive(Field field, Repetition repetition, String name) {
    return switch (field.getType()) {
      case ArrowType.Bool _ -> Types.primitive(BOOLEAN, repetition).named(name);
      case ArrowType.Int integer when integer.getIsSigned() ->
          switch (integer.getBitWidth()) {
            case 8, 16 ->
                Types.primitive(INT32, repetition)
                    .as(intType(integer.getBitWidth(), true))
                    .named(name);
            case 32 -> Types.primitive(INT32, repetition).named(name);
            default -> Types.primitive(INT64, repetition).named(name);
          };
      case ArrowType.FloatingPoint real when real.getPrecision() != FloatingPointPrecision.HALF ->
          Types.primitive(
                  real.getPrecision() == FloatingPointPrecision.SINGLE ? FLOAT : DOUBLE, repetition)
              .named(name);
      case ArrowType.Utf8 _ -> Types.primitive(BINARY, repetition).as(stringType()).named(name);
      case ArrowType.Binary _ -> Types.primitive(BINARY, repetition).named(name);
      case ArrowType.Date _ -> Types.primitive(INT32, repetition).as(dateType()).named(name);
      case ArrowType.Time time ->
          Types.primitive(time.getBitWidth() == 32 ? INT32 : INT64, repetition)
              .as(timeType(false, unit(time.getUnit(), name)))
              .named(name);
      case ArrowType.Timestamp stamp ->
          Types.primitive(INT64, repetition)
              .as(timestampType(stamp.getTimezone() != null, unit(stamp.getUnit(), name)))
              .named(name);
      case ArrowType.Decimal decimal -> decimal(decimal, repetition, name);
      default -> throw unsupported(field, name);
    };
  }

  private static PrimitiveType decimal(
      ArrowType.Decimal decimal, Repetition repetition, String name) {
    LogicalTypeAnnotation logical = decimalType(decimal.getScale(), decimal.getPrecision());
    if (decimal.getPrecision() <= 18) {
      return Types.primitive(decimal.getPrecision() <= 9 ? INT32 : INT64, repetition)
          .as(logical)
          .named(name);
    }
    int bits = BigInteger.TEN.pow(decimal.getPrecision()).bitLength() + 1;
    return Types.primitive(FIXED_LEN_BYTE_ARRAY, repetition)
        .length((bits + 7) / 8)
        .as(logical)
        .named(name);
  }

  private static LogicalTypeAnnotation.TimeUnit unit(
      org.apache.arrow.vector.types.TimeUnit unit, String name) {
    return switch (unit) {
      case MILLISECOND -> LogicalTypeAnnotation.TimeUnit.MILLIS;
      case MICROSECOND -> LogicalTypeAnnotation.TimeUnit.MICROS;
      case NANOSECOND -> LogicalTypeAnnotation.TimeUnit.NANOS;
      case SECOND ->
          throw new TableException(
              "column \"" + name + "\" counts seconds, which Parquet does not; use milliseconds");
    };
  }

  private static TableException unsupported(Field field, String name) {
    return new TableException(
        "column \""
            + name
            + "\" is "
            + field.getType()
            + ", which Quern does not write to Parquet; cast it to a plain SQL type");
  }
}
