package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.planner.Plans;
import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.Test;

class OuterJoinRowsTest {
  @Test
  void oneColumnOnTheRightOfAFullJoinGetsASecond() {
    RelNode plan =
        Plans.of(
            "SELECT d.id FROM docs d FULL JOIN (SELECT score FROM docs) e ON d.score > e.score");
    String wide = Plans.text(new OuterJoinRows().apply(plan));
    assertTrue(
        wide.matches("(?s).*LogicalProject\\(score=\\[\\$\\d\\], \\$f1=\\[true\\]\\).*"), wide);
    assertEquals(plan.getRowType(), new OuterJoinRows().apply(plan).getRowType());
  }

  @Test
  void doesNotFireForALeftJoinOrTwoColumns() {
    for (String join :
        new String[] {
          "LEFT JOIN (SELECT score FROM docs) e ON d.score > e.score",
          "FULL JOIN (SELECT id, score FROM docs) e ON d.score > e.score"
        }) {
      RelNode plan = Plans.of("SELECT d.id FROM docs d " + join);
      assertEquals(Plans.text(plan), Plans.text(new OuterJoinRows().apply(plan)));
    }
  }
}
