package dev.quern.connectors;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.table.BatchReader;
import dev.quern.executor.table.BatchSource;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.Field;

/** Batches as plain Java values, in the spelling of {@code pyarrow/make.py}. */
final class Rows {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

  private Rows() {}

  static List<Map<String, Object>> expected(Path jsonLines) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String line : Files.readAllLines(jsonLines, StandardCharsets.UTF_8)) {
      rows.add(parse(line));
    }
    return rows;
  }

  @SuppressWarnings("unchecked") // JSON objects are maps
  static Map<String, Object> parse(String line) throws IOException {
    return JSON.readValue(line, LinkedHashMap.class);
  }

  /** All rows and columns of a table. */
  static List<Map<String, Object>> of(BatchSource source, BufferAllocator allocator) {
    List<String> columns = source.schema().getFields().stream().map(Field::getName).toList();
    try (BatchReader reader = source.scan(columns, List.of(), allocator)) {
      return of(reader);
    }
  }

  static List<Map<String, Object>> of(BatchReader reader) {
    List<Map<String, Object>> rows = new ArrayList<>();
    while (reader.next()) {
      rows.addAll(of(reader.batch()));
    }
    return rows;
  }

  static List<Map<String, Object>> of(VectorSchemaRoot batch) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int row = 0; row < batch.getRowCount(); row++) {
      Map<String, Object> values = new LinkedHashMap<>();
      for (FieldVector vector : batch.getFieldVectors()) {
        values.put(vector.getName(), value(vector, row));
      }
      rows.add(values);
    }
    return rows;
  }

  static Object value(FieldVector vector, int row) {
    if (vector.isNull(row)) {
      return null;
    }
    return switch (vector) {
      case BitVector bits -> bits.get(row) == 1;
      case BaseIntVector ints -> whole(ints.getValueAsLong(row));
      case Float4Vector floats -> number(floats.get(row));
      case Float8Vector doubles -> number(doubles.get(row));
      case DecimalVector decimals -> decimals.getObject(row).toPlainString();
      case Decimal256Vector decimals -> decimals.getObject(row).toPlainString();
      case VarCharVector texts -> new String(texts.get(row), StandardCharsets.UTF_8);
      case VarBinaryVector bytes -> HexFormat.of().formatHex(bytes.get(row));
      case DateDayVector days -> (long) days.get(row);
      case TimeMilliVector times -> (long) times.get(row);
      case TimeMicroVector times -> whole(times.get(row));
      case TimeNanoVector times -> whole(times.get(row));
      case TimeStampVector stamps -> stamps.get(row);
      case StructVector struct -> {
        Map<String, Object> values = new LinkedHashMap<>();
        for (FieldVector child : struct.getChildrenFromFields()) {
          values.put(child.getName(), value(child, row));
        }
        yield values;
      }
      case ListVector list -> {
        List<Object> values = new ArrayList<>();
        for (int i = list.getElementStartIndex(row); i < list.getElementEndIndex(row); i++) {
          Object element = value(list.getDataVector(), i);
          values.add(
              list instanceof MapVector && element instanceof Map<?, ?> entry
                  ? new ArrayList<>(entry.values())
                  : element);
        }
        yield values;
      }
      default -> throw new AssertionError("a type that no table hands out: " + vector.getField());
    };
  }

  private static Object whole(long value) {
    boolean exact = new BigDecimal(value).abs().compareTo(new BigDecimal(1L << 53)) <= 0;
    return exact ? (Object) value : Long.toString(value);
  }

  private static Object number(double value) {
    return Double.isNaN(value) || Double.isInfinite(value)
        ? Double.toString(value)
        : (Object) value;
  }
}
