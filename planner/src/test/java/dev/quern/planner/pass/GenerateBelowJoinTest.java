package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class GenerateBelowJoinTest {
  @Test
  void callsOverTheKeptSideOfALeftJoinGoBelowIt() {
    assertEquals(
        """
        LogicalProject(id=[$0], g=[$2], place=[$4])
          LogicalJoin(condition=[=($0, $3)], joinType=[left])
            GenerateRel($2=[GENERATE($1)])
              ScanRel(table=[[docs]], columns=[[id, body]])
            ScanRel(table=[[papers]], columns=[[id, place]])\
        """,
        PassPlans.after(
            PushDown.class,
            "SELECT d.id, GENERATE(d.body) AS g, p.place FROM docs AS d"
                + " LEFT JOIN papers AS p ON d.id = p.id"));
  }

  @Test
  void callsThatReadTheOtherSideStay() {
    assertEquals(
        """
        LogicalProject(id=[$0], g=[$4])
          GenerateRel($4=[GENERATE($1 || $3)])
            LogicalJoin(condition=[=($0, $2)], joinType=[left])
              ScanRel(table=[[docs]], columns=[[id, body]])
              ScanRel(table=[[papers]], columns=[[id, body]])\
        """,
        PassPlans.after(
            PushDown.class,
            "SELECT d.id, GENERATE(d.body || p.body) AS g FROM docs AS d"
                + " LEFT JOIN papers AS p ON d.id = p.id"));
  }

  @Test
  void anInnerJoinMayDropRowsBeforeTheyAsk() {
    assertEquals(
        """
        LogicalProject(id=[$0], g=[$3])
          GenerateRel($3=[GENERATE($1)])
            LogicalJoin(condition=[=($0, $2)], joinType=[inner])
              ScanRel(table=[[docs]], columns=[[id, body]])
              ScanRel(table=[[papers]], columns=[[id]])\
        """,
        PassPlans.after(
            PushDown.class,
            "SELECT d.id, GENERATE(d.body) AS g FROM docs AS d JOIN papers AS p ON d.id = p.id"));
  }
}
