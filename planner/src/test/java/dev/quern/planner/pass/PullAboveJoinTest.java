package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PullAboveJoinTest {
  private static String pulled(String sql) {
    return PassPlans.after(PullAboveJoin.class, sql);
  }

  private static void staysAsItIs(String sql) {
    assertEquals(PassPlans.text(PassPlans.before(PullAboveJoin.class, sql)), pulled(sql));
  }

  @Test
  void callsOnTheLargeSideGoAboveTheJoin() {
    assertEquals(
        """
        LogicalProject(place=[$3], a=[$1])
          LogicalProject(id=[$0], a=[$4], id0=[$2], place=[$3])
            GenerateRel($4=[GENERATE($1)])
              LogicalJoin(condition=[=($0, $2)], joinType=[inner])
                ScanRel(table=[[pages]], columns=[[id, body]])
                ScanRel(table=[[papers]], columns=[[id, place]])\
        """,
        pulled(
            "SELECT p.place, g.a FROM (SELECT id, GENERATE(body) AS a FROM pages) AS g"
                + " JOIN papers AS p ON g.id = p.id"));
  }

  @Test
  void aConditionOnTheAnswerGoesAlong() {
    assertEquals(
        """
        LogicalProject(place=[$1])
          LogicalProject(id=[$0], place=[$1], id0=[$2])
            LogicalFilter(condition=[=($4, 'x')])
              GenerateRel($4=[GENERATE($3)])
                LogicalJoin(condition=[=($2, $0)], joinType=[inner])
                  ScanRel(table=[[papers]], columns=[[id, place]])
                  ScanRel(table=[[pages]], columns=[[id, body]])\
        """,
        pulled(
            "SELECT p.place FROM papers AS p JOIN (SELECT id FROM pages"
                + " WHERE GENERATE(body) = 'x') AS g ON g.id = p.id"));
  }

  @Test
  void severalConditionsGoAlong() {
    assertEquals(
        """
        LogicalProject(place=[$3], body=[$1])
          LogicalProject(id=[$0], body=[$1], id0=[$3], place=[$4])
            GenerateFilterRel($5=[GENERATE($1)], condition0=[=($5, 'x')], $6=[GENERATE($2)], condition1=[=($6, 'y')])
              LogicalJoin(condition=[=($0, $3)], joinType=[inner])
                ScanRel(table=[[pages]], columns=[[id, body, place]])
                ScanRel(table=[[papers]], columns=[[id, place]])\
        """,
        pulled(
            "SELECT p.place, g.body FROM (SELECT id, body, UPPER(place) AS u FROM pages"
                + " WHERE GENERATE(body) = 'x' AND GENERATE(place) = 'y') AS g"
                + " JOIN papers AS p ON g.id = p.id"));
  }

  @Test
  void callsOnTheSmallSideStay() {
    staysAsItIs(
        "SELECT p.place, g.a FROM (SELECT id, GENERATE(body) AS a FROM papers) AS g"
            + " JOIN pages AS p ON g.id = p.id");
  }

  @Test
  void anOuterJoinKeepsAllRowsAndItsCalls() {
    staysAsItIs(
        "SELECT p.place, g.a FROM (SELECT id, GENERATE(body) AS a FROM pages) AS g"
            + " LEFT JOIN papers AS p ON g.id = p.id");
  }

  @Test
  void aJoinOnTheAnswerNeedsItBelow() {
    staysAsItIs(
        "SELECT p.place FROM (SELECT id, GENERATE(body) AS a FROM pages) AS g"
            + " JOIN papers AS p ON g.a = p.place");
  }

  @Test
  void aWindowOverTheRowsOfASideStaysBelow() {
    staysAsItIs(
        "SELECT p.place, g.n FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n,"
            + " GENERATE(body) AS a FROM pages) AS g JOIN papers AS p ON g.n = p.id AND g.a <> 'x'");
  }
}
