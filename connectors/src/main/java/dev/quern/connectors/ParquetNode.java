package dev.quern.connectors;

import java.util.List;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/**
 * What a Parquet type means, the many spellings of lists and maps resolved as the backward
 * compatibility rules of the format's LogicalTypes.md say.
 */
sealed interface ParquetNode {
  /** The type that carries the node's name. */
  Type type();

  boolean nullable();

  record Leaf(PrimitiveType type, boolean nullable) implements ParquetNode {}

  record Struct(GroupType type, boolean nullable, List<ParquetNode> children)
      implements ParquetNode {}

  /** {@code type} is the annotated group, or the repeated type itself where there is none. */
  record ListNode(Type type, boolean nullable, ParquetNode element) implements ParquetNode {}

  record MapNode(GroupType type, boolean nullable, ParquetNode key, ParquetNode value)
      implements ParquetNode {}

  static ParquetNode of(Type type) {
    if (type.isRepetition(Repetition.REPEATED)) {
      return new ListNode(type, false, plain(type, false));
    }
    boolean nullable = type.isRepetition(Repetition.OPTIONAL);
    if (!type.isPrimitive() && type.asGroupType().getFieldCount() == 1) {
      GroupType group = type.asGroupType();
      Type repeated = group.getType(0);
      LogicalTypeAnnotation logical = group.getLogicalTypeAnnotation();
      if (repeated.isRepetition(Repetition.REPEATED)) {
        if (logical instanceof ListLogicalTypeAnnotation) {
          return new ListNode(group, nullable, element(group, repeated));
        }
        if (logical instanceof MapLogicalTypeAnnotation
            || logical instanceof MapKeyValueTypeAnnotation) {
          return map(group, repeated, nullable);
        }
      }
    }
    return plain(type, nullable);
  }

  private static ParquetNode plain(Type type, boolean nullable) {
    return type.isPrimitive()
        ? new Leaf(type.asPrimitiveType(), nullable)
        : new Struct(
            type.asGroupType(),
            nullable,
            type.asGroupType().getFields().stream().map(ParquetNode::of).toList());
  }

  private static ParquetNode element(GroupType list, Type repeated) {
    if (repeated.isPrimitive()) {
      return plain(repeated, false);
    }
    GroupType group = repeated.asGroupType();
    boolean isElement =
        group.getFieldCount() != 1
            || group.getType(0).isRepetition(Repetition.REPEATED)
            || group.getName().equals("array")
            || group.getName().equals(list.getName() + "_tuple");
    return isElement ? plain(group, false) : of(group.getType(0));
  }

  /** A map without values is the list of its keys. */
  private static ParquetNode map(GroupType group, Type repeated, boolean nullable) {
    if (repeated.isPrimitive()) {
      return new ListNode(group, nullable, plain(repeated, false));
    }
    GroupType entry = repeated.asGroupType();
    return switch (entry.getFieldCount()) {
      case 1 -> new ListNode(group, nullable, of(entry.getType(0)));
      case 2 -> new MapNode(group, nullable, of(entry.getType(0)), of(entry.getType(1)));
      default -> new ListNode(group, nullable, plain(entry, false));
    };
  }
}
