package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.planner.Plans;
import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.Test;

class PartitionKeysTest {
  @Test
  void severalKeysBecomeOne() {
    String plan =
        Plans.text(
            new PartitionKeys()
                .apply(Plans.of("SELECT COUNT(*) OVER (PARTITION BY place, id) AS n FROM docs")));
    assertTrue(plan.contains("PARTITION BY $PARTITION_KEY($2, $0)"), plan);
  }

  @Test
  void doesNotFireForOneKey() {
    RelNode plan = Plans.of("SELECT COUNT(*) OVER (PARTITION BY place) AS n FROM docs");
    assertEquals(Plans.text(plan), Plans.text(new PartitionKeys().apply(plan)));
  }
}
