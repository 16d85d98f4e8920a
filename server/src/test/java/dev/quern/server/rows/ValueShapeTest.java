package dev.quern.server.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.server.rows.ValueShape.ListOf;
import dev.quern.server.rows.ValueShape.MapOf;
import dev.quern.server.rows.ValueShape.Row;
import dev.quern.server.rows.ValueShape.Scalar;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValueShapeTest {
  private static final ValueShape SCALAR = new Scalar();

  @Test
  void plainTypesHaveNoParts() {
    assertEquals(SCALAR, ValueShape.parse("VARCHAR"));
    assertEquals(SCALAR, ValueShape.parse("DECIMAL(10, 2)"));
    assertEquals(SCALAR, ValueShape.parse("INTERVAL DAY"));
    assertEquals(SCALAR, ValueShape.parse(""));
  }

  @Test
  void rowsNameTheirFields() {
    assertEquals(
        new Row(List.of("text", "n"), List.of(SCALAR, SCALAR)),
        ValueShape.parse("RecordType(VARCHAR(10) text, DECIMAL(5, 2) n)"));
    assertEquals(
        new Row(List.of("first name"), List.of(SCALAR)),
        ValueShape.parse("RecordType(VARCHAR first name)"));
  }

  @Test
  void typesNest() {
    var inner = new Row(List.of("a", "ARRAY_SIZE"), List.of(SCALAR, SCALAR));
    assertEquals(
        new Row(
            List.of("rows", "ids", "map"),
            List.of(new ListOf(inner), new ListOf(SCALAR), new MapOf(inner))),
        ValueShape.parse(
            "RecordType(RecordType(INTEGER a, INTEGER ARRAY_SIZE) ARRAY rows, BIGINT ARRAY ids,"
                + " (VARCHAR, RecordType(INTEGER a, INTEGER ARRAY_SIZE)) MAP map)"));
    assertEquals(new ListOf(new ListOf(SCALAR)), ValueShape.parse("INTEGER ARRAY ARRAY"));
  }
}
