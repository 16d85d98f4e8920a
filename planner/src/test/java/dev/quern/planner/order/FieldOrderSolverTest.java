package dev.quern.planner.order;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FieldOrderSolverTest {
  private static final List<String> NAMES = List.of("id", "product", "text", "maker");

  /** 60 reviews of 5 products; each product has one maker. */
  private static FieldTable reviews() {
    List<List<String>> fields = List.of(list(), list(), list(), list());
    for (int r = 0; r < 60; r++) {
      int product = r * 7 % 5;
      fields.get(0).add("" + (1000 + r * 37 % 60));
      fields.get(1).add("product with a long name, number " + product);
      fields.get(2).add("review " + (char) ('a' + r % 26) + r);
      fields.get(3).add("maker " + product);
    }
    return FieldTable.of(NAMES, fields);
  }

  private static List<String> list() {
    return new ArrayList<>();
  }

  private static List<String> prompts(FieldTable table, FieldOrder order) {
    return IntStream.range(0, order.rows().length)
        .mapToObj(i -> {
          var prompt = new StringBuilder();
          for (int field : order.fields()[i]) {
            prompt.append('"').append(table.name(field)).append("\": ");
            prompt.append(table.value(field, order.rows()[i])).append(", ");
          }
          return prompt.toString();
        })
        .toList();
  }

  @Test
  void sharedFieldsStandFirst() {
    FieldTable table = reviews();
    FieldOrder order = FieldOrderSolver.solve(table);
    for (int[] fields : order.fields()) {
      int[] first = {fields[0], fields[1]};
      Arrays.sort(first);
      assertArrayEquals(new int[] {1, 3}, first, "product and maker come before what is unique");
    }
  }

  @Test
  void groupsOfEqualHeadsAreTogether() {
    FieldTable table = reviews();
    FieldOrder order = FieldOrderSolver.solve(table);
    int changes = 0;
    for (int i = 1; i < order.rows().length; i++) {
      boolean same = table.value(1, order.rows()[i]).equals(table.value(1, order.rows()[i - 1]));
      changes += same ? 0 : 1;
    }
    assertEquals(4, changes);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyRowOnceWithEveryFieldOnce(long seed) {
    FieldTable table = random(seed, 200, 6);
    FieldOrder order = FieldOrderSolver.solve(table);
    int[] rows = order.rows().clone();
    Arrays.sort(rows);
    assertArrayEquals(IntStream.range(0, 200).toArray(), rows);
    for (int[] fields : order.fields()) {
      int[] sorted = fields.clone();
      Arrays.sort(sorted);
      assertArrayEquals(IntStream.range(0, 6).toArray(), sorted);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noWorseThanOneOrderForAllRows(long seed) {
    FieldTable table = random(seed, 300, 5);
    long solved = Prefixes.sharedCharacters(prompts(table, FieldOrderSolver.solve(table)));
    long single = Prefixes.sharedCharacters(prompts(table, StatisticsOrder.of(table)));
    assertTrue(solved >= single, solved + " of " + single);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void rulesAreComparedByTheExactMeasure(long seed) {
    FieldTable table = random(seed, 300, 5);
    List<Rule> rules = new ArrayList<>(Rule.UNLIMITED);
    rules.add(Rule.GGR);
    for (Rule rule : rules) {
      SharedStarts measured = SharedStarts.of(table, GroupOrder.of(table, rule));
      assertEquals(
          Prefixes.sharedCharacters(prompts(table, measured.order())), measured.characters());
    }
  }

  @Test
  void equalTablesGiveEqualOrders() {
    FieldOrder first = FieldOrderSolver.solve(random(3, 300, 5));
    FieldOrder second = FieldOrderSolver.solve(random(3, 300, 5));
    assertArrayEquals(first.rows(), second.rows());
    assertTrue(Arrays.deepEquals(first.fields(), second.fields()));
  }

  @Test
  void noRowsAndOneRow() {
    assertEquals(0, FieldOrderSolver.solve(random(1, 0, 3)).rows().length);
    assertArrayEquals(new int[] {0}, FieldOrderSolver.solve(random(1, 1, 3)).rows());
  }

  @Test
  void raggedFieldsAreAnError() {
    var thrown =
        assertThrows(
            IllegalArgumentException.class,
            () -> FieldTable.of(List.of("a", "b"), List.of(List.of("1"), List.of())));
    assertEquals("b: 0 rows, but a has 1", thrown.getMessage());
  }

  private static FieldTable random(long seed, int rows, int fields) {
    var random = new Random(seed);
    List<String> names = new ArrayList<>();
    List<List<String>> values = new ArrayList<>();
    for (int f = 0; f < fields; f++) {
      names.add("field" + f);
      int distinct = 1 + random.nextInt(1 + rows / (f + 1));
      int length = 1 + random.nextInt(30);
      List<String> column = new ArrayList<>();
      for (int r = 0; r < rows; r++) {
        column.add(random.nextInt(distinct) + "x".repeat(length));
      }
      values.add(column);
    }
    return FieldTable.of(names, values);
  }
}
