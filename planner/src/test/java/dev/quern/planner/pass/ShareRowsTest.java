package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ShareRowsTest {
  private static String shared(String sql) {
    return PassPlans.after(ShareRows.class, sql);
  }

  private static void staysAsItIs(String sql) {
    assertEquals(PassPlans.text(PassPlans.before(ShareRows.class, sql)), shared(sql));
  }

  @Test
  void branchesOverTheSameRowsAskTogether() {
    assertEquals(
        """
        LogicalUnion(all=[true])
          LogicalProject(id=[$0], g=[$2])
            SharedRel(number=[0])
              GenerateRel($2=[GENERATE($1 || ' q1')], $3=[GENERATE($1 || ' q2')])
                ScanRel(table=[[docs]], columns=[[id, body]])
          LogicalProject(id=[$0], EXPR$1=[$3])
            SharedRel(number=[0])
              GenerateRel($2=[GENERATE($1 || ' q1')], $3=[GENERATE($1 || ' q2')])
                ScanRel(table=[[docs]], columns=[[id, body]])\
        """,
        shared(
            "SELECT id, GENERATE(body || ' q1') AS g FROM docs"
                + " UNION ALL SELECT id, GENERATE(body || ' q2') FROM docs"));
  }

  @Test
  void branchesOverOtherRowsDoNot() {
    staysAsItIs(
        "SELECT id, GENERATE(body || ' q1') AS g FROM docs WHERE id < 5"
            + " UNION ALL SELECT id, GENERATE(body || ' q2') FROM docs WHERE id >= 5");
  }

  @Test
  void aLimitAboveTheUnionLeavesTheBranchesApart() {
    staysAsItIs(
        "SELECT * FROM (SELECT id, GENERATE(body || ' q1') AS g FROM docs"
            + " UNION ALL SELECT id, GENERATE(body || ' q2') FROM docs) LIMIT 3");
  }

  @Test
  void aSubPlanThatStandsTwiceRunsOnce() {
    assertEquals(
        """
        LogicalAggregate(group=[{}], EXPR$0=[COUNT()])
          LogicalJoin(condition=[=($0, $1)], joinType=[inner])
            SharedRel(number=[0])
              LogicalProject(a=[$1])
                GenerateRel($1=[GENERATE($0)])
                  ScanRel(table=[[docs]], columns=[[body]])
            SharedRel(number=[0])
              LogicalProject(a=[$1])
                GenerateRel($1=[GENERATE($0)])
                  ScanRel(table=[[docs]], columns=[[body]])\
        """,
        shared(
            "WITH g AS (SELECT id, GENERATE(body) AS a FROM docs)"
                + " SELECT COUNT(*) FROM g AS x JOIN g AS y ON x.a = y.a"));
  }

  @Test
  void theInnerSideOfANestedLoopIsKept() {
    assertEquals(
        """
        LogicalProject(id=[$0], a=[$2])
          LogicalJoin(condition=[<($0, $1)], joinType=[inner])
            ScanRel(table=[[docs]], columns=[[id]])
            SharedRel(number=[0])
              LogicalProject(id=[$0], a=[$2])
                GenerateRel($2=[GENERATE($1)])
                  ScanRel(table=[[papers]], columns=[[id, body]])\
        """,
        shared(
            "SELECT x.id, a FROM docs AS x JOIN (SELECT id, GENERATE(body) AS a FROM papers) AS y"
                + " ON x.id < y.id"));
  }

  @Test
  void theInnerSideOfAHashJoinIsReadOnceAnyway() {
    staysAsItIs(
        "SELECT x.id, a FROM docs AS x JOIN (SELECT id, GENERATE(body) AS a FROM papers) AS y"
            + " ON x.id = y.id");
  }
}
