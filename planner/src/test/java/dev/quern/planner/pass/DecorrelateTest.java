package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.planner.Plans;
import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.Test;

class DecorrelateTest {
  @Test
  void aCorrelatedSubQueryBecomesAJoin() {
    RelNode plan =
        Plans.of(
            "SELECT id FROM docs d WHERE EXISTS (SELECT 1 FROM docs e"
                + " WHERE e.place = d.place AND GENERATE(e.body) = 'x')");
    assertTrue(Plans.text(plan).contains("EXISTS"), Plans.text(plan));
    String joined = Plans.text(new Decorrelate().apply(plan));
    assertTrue(joined.contains("LogicalJoin"), joined);
    assertFalse(joined.contains("LogicalCorrelate"), joined);
  }

  @Test
  void aGroupOfConstantsKeepsCountOfItsRows() {
    RelNode plan =
        Plans.of(
            "SELECT DISTINCT 2 AS c FROM docs d WHERE id > 9 OR EXISTS"
                + " (SELECT 1 FROM docs e WHERE e.place = d.place)");
    String joined = Plans.text(new Decorrelate().apply(plan));
    assertTrue(joined.contains("LogicalFilter(condition=[>($1, 0)])"), joined);
    assertTrue(joined.contains("COUNT()"), joined);
  }

  @Test
  void aFieldOfARowBecomesAColumnOfTheJoin() {
    RelNode plan =
        Plans.of(
            "SELECT t.id FROM (SELECT id, GENERATE_DETAILS(body) AS d FROM docs) t WHERE EXISTS"
                + " (SELECT 1 FROM docs e WHERE e.place = t.d.text)");
    String joined = Plans.text(new Decorrelate().apply(plan));
    assertFalse(joined.contains("$cor"), joined);
  }

  @Test
  void doesNotFireWithoutSubQuery() {
    RelNode plan = Plans.of("SELECT id FROM docs WHERE score > 1");
    assertEquals(Plans.text(plan), Plans.text(new Decorrelate().apply(plan)));
  }
}
