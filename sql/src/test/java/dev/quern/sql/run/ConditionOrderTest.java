package dev.quern.sql.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.planner.rel.GenerateRuntime.Condition;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConditionOrderTest {
  private static Condition condition(double weight, double selectivity) {
    return new Condition(List.of(), 0, row -> true, weight, selectivity);
  }

  @Test
  void theCheapestForWhatItDropsGoesFirst() {
    var order = new ConditionOrder(List.of(condition(100, 0.5), condition(10, 0.5)));
    assertEquals(List.of(1, 0), order.now());
    order = new ConditionOrder(List.of(condition(100, 0.1), condition(60, 0.9)));
    assertEquals(List.of(0, 1), order.now());
  }

  @Test
  void whatWasSeenOutweighsTheGuess() {
    var order = new ConditionOrder(List.of(condition(10, 0.1), condition(10, 0.5)));
    assertEquals(List.of(0, 1), order.now());
    order.saw(0, 64, 64);
    assertEquals(List.of(1, 0), order.now());
    order.saw(1, 64, 64);
    order.saw(0, 1000, 10);
    assertEquals(List.of(0, 1), order.now());
  }

  @Test
  void equalConditionsStayAsWritten() {
    var order = new ConditionOrder(List.of(condition(10, 0.5), condition(10, 0.5)));
    assertEquals(List.of(0, 1), order.now());
  }
}
