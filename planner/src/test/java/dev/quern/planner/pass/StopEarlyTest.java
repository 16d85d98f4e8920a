package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StopEarlyTest {
  private static String told(String sql) {
    return PassPlans.after(StopEarly.class, sql);
  }

  private static void isToldNothing(String sql) {
    assertEquals(PassPlans.text(PassPlans.before(StopEarly.class, sql)), told(sql));
  }

  @Test
  void callsBelowAConditionAreToldTheLimit() {
    assertEquals(
        """
        LogicalProject(id=[$0])
          LogicalSort(offset=[2], fetch=[5])
            LogicalFilter(condition=[=($2, 'x')])
              GenerateRel($2=[GENERATE($1)], demand=[7])
                ScanRel(table=[[docs]], columns=[[id, body]])\
        """,
        told("SELECT id FROM docs WHERE GENERATE(body) = 'x' LIMIT 5 OFFSET 2"));
  }

  @Test
  void severalConditionsAreToldToo() {
    assertEquals(
        """
        LogicalProject(id=[$0])
          LogicalSort(fetch=[5])
            GenerateFilterRel($3=[GENERATE($1)], condition0=[=($3, 'x')], $4=[GENERATE($2)], condition1=[=($4, 'y')], demand=[5])
              ScanRel(table=[[docs]], columns=[[id, body, place]])\
        """,
        told("SELECT id FROM docs WHERE GENERATE(body) = 'x' AND GENERATE(place) = 'y' LIMIT 5"));
  }

  @Test
  void aSortOnTheAnswerNeedsAllRows() {
    isToldNothing("SELECT id FROM docs ORDER BY GENERATE(body) LIMIT 5");
  }

  @Test
  void anAggregateNeedsAllRows() {
    isToldNothing(
        "SELECT place, COUNT(*) FROM docs WHERE GENERATE(body) = 'x' GROUP BY place LIMIT 5");
  }

  @Test
  void withoutALimitAllRowsAreTaken() {
    isToldNothing("SELECT id FROM docs WHERE GENERATE(body) = 'x'");
  }
}
