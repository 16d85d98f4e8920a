package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.planner.Plans;
import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.Test;

class PlainWindowsTest {
  @Test
  void severalKeysBecomeOne() {
    String plan =
        Plans.text(
            new PlainWindows()
                .apply(Plans.of("SELECT COUNT(*) OVER (PARTITION BY place, id) AS n FROM docs")));
    assertTrue(plan.contains("PARTITION BY $PARTITION_KEY($2, $0)"), plan);
  }

  @Test
  void anOffsetOverADescendingNumberIsTurned() {
    String plan =
        Plans.text(
            new PlainWindows()
                .apply(
                    Plans.of(
                        "SELECT SUM(score) OVER (ORDER BY id DESC"
                            + " RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) AS n FROM docs")));
    assertTrue(plan.contains("ORDER BY -(CAST($0):BIGINT"), plan);
    assertTrue(plan.contains("RANGE 2 PRECEDING"), plan);
  }

  @Test
  void doesNotFireForOneKey() {
    RelNode plan = Plans.of("SELECT COUNT(*) OVER (PARTITION BY place) AS n FROM docs");
    assertEquals(Plans.text(plan), Plans.text(new PlainWindows().apply(plan)));
  }
}
