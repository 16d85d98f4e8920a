package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The one schema of several files. Columns agree by name, whatever their order in a file; integers
 * widen, and numbers of different kinds widen to doubles (a scan refuses an integer that a double
 * cannot hold).
 */
final class SchemaUnion {
  private SchemaUnion() {}

  static Schema of(List<DataFile> files) {
    DataFile first = files.getFirst();
    for (DataFile file : files) {
      refuseDuplicates(file);
    }
    List<Field> union = new ArrayList<>();
    for (Field field : first.schema().getFields()) {
      Field merged = field;
      Path typedBy = first.path();
      for (DataFile file : files.subList(1, files.size())) {
        Field other = require(file, field.getName(), first);
        Path before = typedBy;
        Field soFar = merged;
        Field next =
            merge(soFar, other)
                .orElseThrow(() -> mismatch(field.getName(), soFar, before, other, file));
        if (!next.getType().equals(merged.getType())) {
          typedBy = file.path();
        }
        merged = next;
      }
      union.add(merged);
    }
    for (DataFile file : files) {
      for (Field field : file.schema().getFields()) {
        require(first, field.getName(), file);
      }
    }
    return new Schema(union);
  }

  /** The type that holds the values of both, if there is one. */
  static Optional<Field> merge(Field a, Field b) {
    boolean nullable = a.isNullable() || b.isNullable();
    if (a.getChildren().size() != b.getChildren().size()) {
      return Optional.empty();
    }
    if (!a.getChildren().isEmpty()) {
      return mergeNested(a, b, nullable);
    }
    return widest(a.getType(), b.getType())
        .map(type -> new Field(a.getName(), new FieldType(nullable, type, null), List.of()));
  }

  private static Optional<Field> mergeNested(Field a, Field b, boolean nullable) {
    if (!a.getType().equals(b.getType())) {
      return Optional.empty();
    }
    Map<String, Field> others = new HashMap<>();
    b.getChildren().forEach(child -> others.put(child.getName(), child));
    List<Field> children = new ArrayList<>();
    for (Field child : a.getChildren()) {
      Optional<Field> merged =
          Optional.ofNullable(others.get(child.getName())).flatMap(other -> merge(child, other));
      if (merged.isEmpty()) {
        return Optional.empty();
      }
      children.add(merged.get());
    }
    return Optional.of(
        new Field(a.getName(), new FieldType(nullable, a.getType(), null), children));
  }

  private static Optional<ArrowType> widest(ArrowType a, ArrowType b) {
    if (a.equals(b)) {
      return Optional.of(a);
    }
    if (a instanceof ArrowType.Int left && b instanceof ArrowType.Int right) {
      return Optional.of(left.getBitWidth() > right.getBitWidth() ? a : b);
    }
    if (fitsDouble(a) && fitsDouble(b)) {
      return Optional.of(new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE));
    }
    return Optional.empty();
  }

  private static boolean fitsDouble(ArrowType type) {
    return type instanceof ArrowType.FloatingPoint || type instanceof ArrowType.Int;
  }

  private static void refuseDuplicates(DataFile file) {
    Set<String> seen = new HashSet<>();
    for (Field field : file.schema().getFields()) {
      if (!seen.add(field.getName())) {
        throw new TableException(
            file.path()
                + ": column \""
                + field.getName()
                + "\" stands twice in the file; rename one of them");
      }
    }
  }

  private static Field require(DataFile file, String column, DataFile namedBy) {
    return file.schema().getFields().stream()
        .filter(field -> field.getName().equals(column))
        .findFirst()
        .orElseThrow(() ->
            new TableException(
                file.path()
                    + " has no column \""
                    + column
                    + "\", which "
                    + namedBy.path()
                    + " has; files of one table need the same columns: name fewer files, or"
                    + " rewrite one of the two"));
  }

  private static TableException mismatch(
      String column, Field a, Path typedBy, Field b, DataFile file) {
    return new TableException(
        "column \""
            + column
            + "\" is "
            + a.getType()
            + describeChildren(a)
            + " in "
            + typedBy
            + " but "
            + b.getType()
            + describeChildren(b)
            + " in "
            + file.path()
            + "; files of one table need the same types: name fewer files, or rewrite one of the"
            + " two");
  }

  private static String describeChildren(Field field) {
    return field.getChildren().isEmpty() ? "" : " " + field.getChildren();
  }
}
