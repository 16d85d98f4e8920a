package dev.quern.planner.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.planner.order.Ggr.Limits;
import dev.quern.planner.order.ShapedTable.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The solver beside GGR on tables of many shapes, in characters of prefix hits. */
final class GgrTest {
  private static final int ROWS = 400;

  @ParameterizedTest
  @EnumSource
  void solverSharesAtLeastWhatGgrDoes(Shape shape) {
    for (long seed = 1; seed <= 3; seed++) {
      ShapedTable table = ShapedTable.of(shape, ROWS, seed);
      long solved = table.shared(FieldOrderSolver.solve(table.table()));
      for (Limits limits : List.of(Limits.PAPER, Limits.WIDE, Limits.NONE)) {
        long ggr = table.shared(Ggr.of(table.fields(), limits));
        assertTrue(
            solved >= ggr, solved + " of " + table.total() + ", but GGR " + ggr + ", " + limits);
      }
    }
  }

  /** The rules that stand for GGR among the solver's are GGR, not something like it. */
  @ParameterizedTest
  @EnumSource
  void ruleIsTheRecursion(Shape shape) {
    ShapedTable table = ShapedTable.of(shape, ROWS, 5);
    assertEquals(
        table.shared(Ggr.of(table.fields(), Limits.WIDE)),
        table.shared(GroupOrder.of(table.table(), Rule.GGR)));
    assertEquals(
        table.shared(Ggr.of(table.fields(), Limits.PAPER)),
        table.shared(GroupOrder.of(table.table(), Rule.GGR_LIMITED)));
  }
}
