package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LimitExistsTest {
  @Test
  void existsReadsOneRow() {
    assertEquals(
        """
        LogicalProject(id=[$0])
          LogicalJoin(condition=[true], joinType=[inner])
            ScanRel(table=[[docs]], columns=[[id]])
            LogicalAggregate(group=[{0}])
              LogicalSort(fetch=[1])
                LogicalProject(i=[true])
                  LogicalProject(body=[$0])
                    LogicalFilter(condition=[=($1, 'x')])
                      GenerateRel($1=[GENERATE($0)])
                        ScanRel(table=[[papers]], columns=[[body]])\
        """,
        PassPlans.after(
            LimitExists.class,
            "SELECT id FROM docs WHERE EXISTS (SELECT 1 FROM papers WHERE GENERATE(body) = 'x')"));
  }

  @Test
  void existsOfEachRowReadsAll() {
    String sql =
        "SELECT id FROM docs AS d WHERE EXISTS"
            + " (SELECT 1 FROM papers AS p WHERE p.id = d.id AND GENERATE(p.body) = 'x')";
    assertEquals(
        PassPlans.text(PassPlans.before(LimitExists.class, sql)),
        PassPlans.after(LimitExists.class, sql));
  }

  @Test
  void aCountReadsAll() {
    String sql = "SELECT COUNT(*), MIN(id) FROM docs WHERE GENERATE(body) = 'x'";
    assertEquals(
        PassPlans.text(PassPlans.before(LimitExists.class, sql)),
        PassPlans.after(LimitExists.class, sql));
  }
}
