package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.util.List;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/** Which of the types that tables hand out a column of an Arrow file gets. */
final class ArrowTypes {
  private ArrowTypes() {}

  static Field field(Field stored, DictionaryProvider dictionaries) {
    return field(stored, stored.getName(), stored.getName(), dictionaries);
  }

  private static Field field(
      Field stored, String name, String column, DictionaryProvider dictionaries) {
    if (stored.getDictionary() != null) {
      Field values = dictionaries.lookup(stored.getDictionary().getId()).getVector().getField();
      return rebuilt(field(values, name, column, dictionaries), stored.isNullable());
    }
    ArrowType type = type(stored.getType(), column);
    List<Field> children =
        switch (type) {
          case ArrowType.Struct _ ->
              stored.getChildren().stream()
                  .map(child -> field(child, child.getName(), column, dictionaries))
                  .toList();
          case ArrowType.List _ ->
              List.of(field(stored.getChildren().getFirst(), "element", column, dictionaries));
          case ArrowType.Map _ -> List.of(entries(stored, column, dictionaries));
          default -> List.of();
        };
    return new Field(name, new FieldType(stored.isNullable(), type, null), children);
  }

  private static Field entries(Field map, String column, DictionaryProvider dictionaries) {
    List<Field> pair = map.getChildren().getFirst().getChildren();
    Field key = field(pair.get(0), MapVector.KEY_NAME, column, dictionaries);
    Field value = field(pair.get(1), MapVector.VALUE_NAME, column, dictionaries);
    return new Field(
        MapVector.DATA_VECTOR_NAME,
        new FieldType(false, ArrowType.Struct.INSTANCE, null),
        List.of(rebuilt(key, false), value));
  }

  private static Field rebuilt(Field field, boolean nullable) {
    return new Field(
        field.getName(), new FieldType(nullable, field.getType(), null), field.getChildren());
  }

  private static ArrowType type(ArrowType stored, String column) {
    return switch (stored) {
      case ArrowType.Null _ -> ArrowType.Utf8.INSTANCE;
      case ArrowType.Utf8 _ -> ArrowType.Utf8.INSTANCE;
      case ArrowType.LargeUtf8 _ -> ArrowType.Utf8.INSTANCE;
      case ArrowType.Utf8View _ -> ArrowType.Utf8.INSTANCE;
      case ArrowType.Binary _ -> ArrowType.Binary.INSTANCE;
      case ArrowType.LargeBinary _ -> ArrowType.Binary.INSTANCE;
      case ArrowType.BinaryView _ -> ArrowType.Binary.INSTANCE;
      case ArrowType.FixedSizeBinary _ -> ArrowType.Binary.INSTANCE;
      case ArrowType.Bool bool -> bool;
      case ArrowType.Int integer -> integer(integer);
      case ArrowType.FloatingPoint real ->
          real.getPrecision() == FloatingPointPrecision.HALF
              ? new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)
              : real;
      case ArrowType.Decimal decimal -> decimal;
      case ArrowType.Date _ -> new ArrowType.Date(DateUnit.DAY);
      case ArrowType.Time time ->
          time.getUnit() == TimeUnit.SECOND ? new ArrowType.Time(TimeUnit.MILLISECOND, 32) : time;
      case ArrowType.Timestamp stamp ->
          new ArrowType.Timestamp(
              stamp.getUnit() == TimeUnit.SECOND ? TimeUnit.MILLISECOND : stamp.getUnit(),
              stamp.getTimezone() == null ? null : "UTC");
      case ArrowType.Struct _ -> ArrowType.Struct.INSTANCE;
      case ArrowType.List _ -> ArrowType.List.INSTANCE;
      case ArrowType.LargeList _ -> ArrowType.List.INSTANCE;
      case ArrowType.FixedSizeList _ -> ArrowType.List.INSTANCE;
      case ArrowType.Map _ -> new ArrowType.Map(false);
      default ->
          throw new TableException(
              "column \""
                  + column
                  + "\" holds "
                  + stored
                  + ", which Quern does not read; cast it to a plain type when writing the file");
    };
  }

  /** SQL has no unsigned types, so these become the next wider signed one. */
  private static ArrowType integer(ArrowType.Int integer) {
    if (integer.getIsSigned()) {
      return integer;
    }
    return integer.getBitWidth() == 64
        ? new ArrowType.Decimal(20, 0, 128)
        : new ArrowType.Int(integer.getBitWidth() * 2, true);
  }
}
