package dev.quern.connectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** Stores the wanted fields of JSON objects; the file's types hold every value of it. */
record JsonSource(JsonLines lines) implements RowCursor.RowSource {
  @Override
  public boolean next(VectorSchemaRoot root, int index) {
    ObjectNode object = lines.next();
    if (object == null) {
      return false;
    }
    for (FieldVector vector : root.getFieldVectors()) {
      put(vector, index, object.get(vector.getName()));
    }
    return true;
  }

  /** A missing field is NULL, as null is. */
  private static void put(FieldVector vector, int index, JsonNode value) {
    if (value == null || value.isNull()) {
      vector.setNull(index);
      return;
    }
    switch (vector) {
      case BitVector bits -> bits.setSafe(index, value.booleanValue() ? 1 : 0);
      case BigIntVector longs -> longs.setSafe(index, value.longValue());
      case Float8Vector doubles -> doubles.setSafe(index, value.doubleValue());
      case VarCharVector texts -> {
        String text = value.isTextual() ? value.textValue() : value.toString();
        texts.setSafe(index, text.getBytes(StandardCharsets.UTF_8));
      }
      case StructVector struct -> {
        struct.setIndexDefined(index);
        for (FieldVector child : struct.getChildrenFromFields()) {
          put(child, index, value.get(child.getName()));
        }
      }
      case ListVector list -> {
        int start = list.startNewValue(index);
        for (int i = 0; i < value.size(); i++) {
          put(list.getDataVector(), start + i, value.get(i));
        }
        list.endValue(index, value.size());
      }
      default -> throw new IllegalArgumentException("no JSON type for " + vector.getField());
    }
  }

  @Override
  public void close() {
    lines.close();
  }
}
