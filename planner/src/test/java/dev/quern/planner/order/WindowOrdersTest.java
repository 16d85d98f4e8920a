package dev.quern.planner.order;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.planner.order.ShapedTable.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class WindowOrdersTest {
  private static final int ROWS = 1200;

  private static List<List<String>> rows(ShapedTable table) {
    return IntStream.range(0, table.fields().getFirst().size())
        .mapToObj(r -> table.fields().stream().map(f -> '"' + f.get(r) + '"').toList())
        .toList();
  }

  /** Orders of all rows, from windows of these sizes. */
  private static List<int[]> orders(WindowOrders solver, List<List<String>> rows, int window) {
    List<int[]> orders = new ArrayList<>();
    for (int at = 0; at < rows.size(); at += window) {
      orders.addAll(List.of(solver.next(rows.subList(at, Math.min(rows.size(), at + window)))));
    }
    return orders;
  }

  private static long shared(ShapedTable table, List<int[]> orders) {
    int[] scan = IntStream.range(0, orders.size()).toArray();
    return table.shared(new FieldOrder(scan, orders.toArray(int[][]::new)));
  }

  @ParameterizedTest
  @EnumSource
  void promptsShareAtLeastWhatTheSolverSays(Shape shape) {
    ShapedTable table = ShapedTable.of(shape, ROWS, 2);
    var solver = new WindowOrders(table.names());
    List<int[]> orders = orders(solver, rows(table), 300);
    long shared = shared(table, orders);
    assertTrue(solver.shared() > 0);
    assertTrue(shared >= solver.shared(), shared + " of " + solver.shared() + " promised");
  }

  /** Values stay where earlier windows put them, so that prompts share across windows. */
  @Test
  void laterWindowsKeepTheHeadsOfEarlierOnes() {
    for (Shape shape : List.of(Shape.FLAGS, Shape.SPARSE, Shape.CORRELATED)) {
      ShapedTable table = ShapedTable.of(shape, ROWS, 2);
      List<List<String>> rows = rows(table);
      List<int[]> kept = orders(new WindowOrders(table.names()), rows, 300);
      List<int[]> alone = new ArrayList<>();
      for (int at = 0; at < ROWS; at += 300) {
        alone.addAll(orders(new WindowOrders(table.names()), rows.subList(at, at + 300), 300));
      }
      assertTrue(shared(table, kept) > shared(table, alone) * 1.005, shape.toString());
    }
  }

  @Test
  void equalWindowsGiveEqualOrders() {
    ShapedTable table = ShapedTable.of(Shape.STAR, ROWS, 4);
    List<int[]> first = orders(new WindowOrders(table.names()), rows(table), 200);
    List<int[]> second = orders(new WindowOrders(table.names()), rows(table), 200);
    for (int i = 0; i < first.size(); i++) {
      assertArrayEquals(first.get(i), second.get(i));
    }
  }

  /** Beyond the bound all rows of a window have one order. */
  @Test
  void largeWindowTakesTheOrderByStatistics() {
    int fields = 400;
    int rows = (int) (WindowOrders.MOST_WORK / fields / fields) + 1;
    List<String> names = IntStream.range(0, fields).mapToObj(f -> "f" + f).toList();
    List<List<String>> values =
        IntStream.range(0, rows)
            .mapToObj(r ->
                IntStream.range(0, fields)
                    .mapToObj(f -> f == r % 2 ? "9".repeat(50) : "" + (r * 31 + f))
                    .toList())
            .toList();
    int[][] orders = new WindowOrders(names).next(values);
    for (int[] order : orders) {
      assertArrayEquals(orders[0], order);
    }
    int[][] fewer = new WindowOrders(names).next(values.subList(0, 10));
    assertFalse(Arrays.equals(fewer[0], fewer[1]));
  }
}
