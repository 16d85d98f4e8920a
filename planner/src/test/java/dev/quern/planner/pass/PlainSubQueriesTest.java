package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.planner.Plans;
import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.Test;

class PlainSubQueriesTest {
  private static String rewritten(String sql) {
    return Plans.text(PlainSubQueries.of(Plans.of(sql)));
  }

  @Test
  void aConditionAsksOnlyForWhatIsTrue() {
    String plan =
        rewritten(
            "SELECT id FROM docs d WHERE place IN (SELECT place FROM papers e WHERE e.id = d.id)");
    assertTrue(plan.contains("EXISTS"), plan);
    assertFalse(plan.contains("IS NULL"), plan);
  }

  @Test
  void belowNotWhatIsUnknownCounts() {
    String plan =
        rewritten(
            "SELECT id FROM docs d WHERE place NOT IN"
                + " (SELECT place FROM papers e WHERE e.id = d.id)");
    assertTrue(plan.contains("NOT(OR(EXISTS"), plan);
    assertTrue(plan.contains("IS NULL"), plan);
    assertFalse(plan.contains("CASE"), plan);
  }

  @Test
  void aValueHasThreeStates() {
    String plan =
        rewritten(
            "SELECT place IN (SELECT place FROM papers e WHERE e.id = d.id) AS b FROM docs d");
    assertTrue(plan.contains("CASE(EXISTS"), plan);
    assertTrue(plan.contains("null:BOOLEAN"), plan);
  }

  @Test
  void theConditionOfAnInnerJoinStandsAboveIt() {
    String plan =
        rewritten(
            "SELECT d.id FROM docs d JOIN papers p ON p.id = d.id"
                + " AND EXISTS (SELECT 1 FROM pages e WHERE e.id = p.score)");
    assertTrue(plan.indexOf("EXISTS") < plan.indexOf("LogicalJoin(condition=[=("), plan);
  }

  @Test
  void doesNotFireForOneColumnOfRowsThatDependOnNothing() {
    RelNode plan = Plans.of("SELECT id FROM docs WHERE place NOT IN (SELECT place FROM papers)");
    assertEquals(Plans.text(plan), Plans.text(PlainSubQueries.of(plan)));
  }
}
