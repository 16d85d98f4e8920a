package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.Float16LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;

/** Which Arrow type the values of a Parquet column get. */
final class ParquetTypes {
  private ParquetTypes() {}

  static Schema schema(MessageType message) {
    return new Schema(
        message.getFields().stream().map(type -> field(ParquetNode.of(type))).toList());
  }

  static Field field(ParquetNode node) {
    return switch (node) {
      case ParquetNode.Leaf(var type, var nullable) ->
          new Field(type.getName(), new FieldType(nullable, arrowType(type), null), List.of());
      case ParquetNode.Struct(var type, var nullable, var children) ->
          new Field(
              type.getName(),
              new FieldType(nullable, ArrowType.Struct.INSTANCE, null),
              children.stream().map(ParquetTypes::field).toList());
      case ParquetNode.ListNode(var type, var nullable, var element) ->
          new Field(
              type.getName(),
              new FieldType(nullable, ArrowType.List.INSTANCE, null),
              List.of(named(field(element), "element")));
      case ParquetNode.MapNode(var type, var nullable, var key, var value) -> {
        Field keyField = field(key);
        List<Field> entry = new ArrayList<>();
        entry.add(
            new Field(
                MapVector.KEY_NAME,
                new FieldType(false, keyField.getType(), null),
                keyField.getChildren()));
        entry.add(named(field(value), MapVector.VALUE_NAME));
        Field entries =
            new Field(
                MapVector.DATA_VECTOR_NAME,
                new FieldType(false, ArrowType.Struct.INSTANCE, null),
                entry);
        yield new Field(
            type.getName(),
            new FieldType(nullable, new ArrowType.Map(false), null),
            List.of(entries));
      }
    };
  }

  private static Field named(Field field, String name) {
    return new Field(name, field.getFieldType(), field.getChildren());
  }

  static ArrowType arrowType(PrimitiveType type) {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    return switch (logical) {
      case DecimalLogicalTypeAnnotation decimal -> decimal(type, decimal);
      case IntLogicalTypeAnnotation integer -> integer(integer);
      case DateLogicalTypeAnnotation _ -> new ArrowType.Date(DateUnit.DAY);
      case TimeLogicalTypeAnnotation time -> {
        TimeUnit unit = unit(time.getUnit());
        yield new ArrowType.Time(unit, unit == TimeUnit.MILLISECOND ? 32 : 64);
      }
      case TimestampLogicalTypeAnnotation stamp ->
          new ArrowType.Timestamp(unit(stamp.getUnit()), stamp.isAdjustedToUTC() ? "UTC" : null);
      case StringLogicalTypeAnnotation _ -> ArrowType.Utf8.INSTANCE;
      case EnumLogicalTypeAnnotation _ -> ArrowType.Utf8.INSTANCE;
      case JsonLogicalTypeAnnotation _ -> ArrowType.Utf8.INSTANCE;
      case UUIDLogicalTypeAnnotation _ -> ArrowType.Utf8.INSTANCE;
      case Float16LogicalTypeAnnotation _ ->
          new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case null, default -> plain(type);
    };
  }

  /** Types without an annotation, and annotations that leave the values as they are stored. */
  private static ArrowType plain(PrimitiveType type) {
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> ArrowType.Bool.INSTANCE;
      case INT32 -> new ArrowType.Int(32, true);
      case INT64 -> new ArrowType.Int(64, true);
      case FLOAT -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case BINARY, FIXED_LEN_BYTE_ARRAY -> ArrowType.Binary.INSTANCE;
      case INT96 -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
    };
  }

  /** SQL has no unsigned types, so these become the next wider signed one. */
  private static ArrowType integer(IntLogicalTypeAnnotation integer) {
    int bits = integer.getBitWidth();
    if (integer.isSigned()) {
      return new ArrowType.Int(bits, true);
    }
    return bits == 64 ? new ArrowType.Decimal(20, 0, 128) : new ArrowType.Int(bits * 2, true);
  }

  private static ArrowType decimal(PrimitiveType type, DecimalLogicalTypeAnnotation decimal) {
    if (decimal.getPrecision() > 76) {
      throw new TableException(
          "column \""
              + type.getName()
              + "\" is DECIMAL("
              + decimal.getPrecision()
              + "), but at most 76 digits are supported; rewrite the column as text");
    }
    return new ArrowType.Decimal(
        decimal.getPrecision(), decimal.getScale(), decimal.getPrecision() > 38 ? 256 : 128);
  }

  private static TimeUnit unit(LogicalTypeAnnotation.TimeUnit unit) {
    return switch (unit) {
      case MILLIS -> TimeUnit.MILLISECOND;
      case MICROS -> TimeUnit.MICROSECOND;
      case NANOS -> TimeUnit.NANOSECOND;
    };
  }
}
