package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quern.planner.Plans;
import dev.quern.planner.QueryException;
import dev.quern.planner.rel.GenerateRel;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.Test;

class ExtractGenerateTest {
  private static RelNode extract(String sql) {
    return new ExtractGenerate().apply(Plans.of(sql));
  }

  /** What each generate node of the plan calls, from the root down. */
  private static List<String> calls(RelNode plan) {
    List<String> calls = new ArrayList<>();
    if (plan instanceof GenerateRel generate) {
      calls.add(generate.calls().toString());
    }
    plan.getInputs().forEach(input -> calls.addAll(calls(input)));
    return calls;
  }

  private static List<String> calls(String sql) {
    return calls(extract(sql));
  }

  @Test
  void doesNotFireWithoutGenerate() {
    RelNode plan = Plans.of("SELECT id, UPPER(body) FROM docs WHERE score > 1 ORDER BY id");
    assertSame(plan, new ExtractGenerate().apply(plan));
  }

  @Test
  void takesACallOutOfAProjection() {
    assertEquals(
        """
        LogicalProject(id=[$0], g=[$4])
          GenerateRel($4=[GENERATE($1, max_tokens => 5)])
            ScanRel(table=[[docs]], columns=[[id, body, place, score]])\
        """,
        Plans.text(extract("SELECT id, GENERATE(body, max_tokens => 5) AS g FROM docs")));
  }

  @Test
  void fieldsOfAPromptRowAreOneTerm() {
    assertEquals(
        List.of("[GENERATE(PROMPT_ROW('Sum up.', {body: $1, score: $3, field3: $4}))]"),
        calls("SELECT GENERATE(PROMPT_ROW('Sum up.', ROW(body, docs.score, id + 1))) FROM docs"));
    assertEquals(
        List.of("[GENERATE(PROMPT_ROW('Be kind. ' || $2, {id: $0}) || ' In French.')]"),
        calls(
            "SELECT GENERATE('Be kind. ' || PROMPT_ROW(place, ROW(id)) || ' In French.') FROM"
                + " docs"));
  }

  @Test
  void promptRowUnderACaseIsAText() {
    assertEquals(
        List.of("[GENERATE($4)]"),
        calls("SELECT GENERATE(CASE WHEN id > 1 THEN PROMPT_ROW('x', ROW(id)) END) FROM docs"));
  }

  @Test
  void equalCallsOfANodeAreOne() {
    assertEquals(
        List.of("[GENERATE($1)]"),
        calls("SELECT GENERATE(body), UPPER(GENERATE(body)) || GENERATE(body) FROM docs"));
  }

  @Test
  void differentOptionsAreDifferentCalls() {
    assertEquals(
        List.of("[GENERATE($1), GENERATE($1, seed => 1)]"),
        calls("SELECT GENERATE(body), GENERATE(body, seed => 1) FROM docs"));
  }

  @Test
  void partsOfAPromptAreKeptApart() {
    assertEquals(
        List.of("[GENERATE('a: ' || $1 || ' b: ' || $2 || '!c')]"),
        calls("SELECT GENERATE('a: ' || body || ' b: ' || place || '!' || 'c') FROM docs"));
  }

  @Test
  void whatIsNoTextIsCastBelow() {
    assertEquals(
        """
        LogicalProject(g=[$5])
          GenerateRel($5=[GENERATE($4)])
            LogicalProject(id=[$0], body=[$1], place=[$2], score=[$3], id0=[CAST($0):VARCHAR])
              ScanRel(table=[[docs]], columns=[[id, body, place, score]])\
        """,
        Plans.text(extract("SELECT GENERATE(id) AS g FROM docs")));
  }

  @Test
  void plainConditionsStayBelow() {
    assertEquals(
        """
        LogicalProject(id=[$0])
          LogicalProject(id=[$0], body=[$1], place=[$2], score=[$3])
            LogicalFilter(condition=[=($4, 'x')])
              GenerateRel($4=[GENERATE($1)])
                LogicalFilter(condition=[>($3, 2.0E0)])
                  ScanRel(table=[[docs]], columns=[[id, body, place, score]])\
        """,
        Plans.text(extract("SELECT id FROM docs WHERE GENERATE(body) = 'x' AND score > 2e0"))
            .replace(":VARCHAR", "")
            .replace(":DOUBLE", ""));
  }

  @Test
  void eachConditionRunsOverTheRowsThatAreLeft() {
    assertEquals(
        List.of("[GENERATE('b' || $4)]", "[GENERATE('a' || $1)]"),
        calls(
            "SELECT id FROM docs WHERE GENERATE('a' || body) = 'x'"
                + " AND GENERATE('b' || GENERATE('a' || body)) = 'y'"));
  }

  @Test
  void independentConditionsAreOrderedWhileTheQueryRuns() {
    assertEquals(
        """
        LogicalProject(id=[$0])
          LogicalProject(id=[$0], body=[$1], place=[$2], score=[$3])
            GenerateFilterRel($4=[GENERATE($1)], condition0=[=($4, 'x')], $5=[GENERATE($2)], \
        condition1=[=($5, 'y')])
              LogicalFilter(condition=[>($0, 5)])
                ScanRel(table=[[docs]], columns=[[id, body, place, score]])\
        """,
        Plans.text(
                extract(
                    "SELECT id FROM docs WHERE GENERATE(body) = 'x' AND GENERATE(place) = 'y'"
                        + " AND id > 5"))
            .replace(":VARCHAR", ""));
  }

  @Test
  void anAnswerOfTheConditionServesTheProjection() {
    assertEquals(
        List.of("[GENERATE($1)]"),
        calls("SELECT GENERATE(body) FROM docs WHERE GENERATE(body) <> 'x'"));
  }

  @Test
  void nestedCallsRunInOrder() {
    assertEquals(
        List.of("[GENERATE('b' || $4)]", "[GENERATE('a' || $1)]"),
        calls("SELECT GENERATE('b' || GENERATE('a' || body)) FROM docs"));
  }

  @Test
  void aBranchOfCaseIsGuarded() {
    RelNode plan =
        extract("SELECT CASE WHEN score > 2 THEN GENERATE(body) ELSE 'none' END FROM docs");
    assertEquals(List.of("[GENERATE($1) IF $4]"), calls(plan));
  }

  @Test
  void aCallNeededAnywayIsNotGuarded() {
    assertEquals(
        List.of("[GENERATE($1)]"),
        calls("SELECT CASE WHEN score > 2 THEN GENERATE(body) END, GENERATE(body) FROM docs"));
  }

  @Test
  void aGuardThatNeedsAnAnswerComesAfterIt() {
    assertEquals(
        List.of("[GENERATE($2) IF $5]", "[GENERATE($1)]"),
        calls("SELECT CASE WHEN GENERATE(body) = 'x' THEN GENERATE(place) END FROM docs"));
  }

  @Test
  void plainOperandsOfAndDecideFirst() {
    assertEquals(
        List.of("[GENERATE($1) IF $4]"),
        calls("SELECT GENERATE(body) = 'x' AND score > 2 FROM docs"));
  }

  @Test
  void aConditionOfAnInnerJoinRunsAboveIt() {
    assertEquals(
        """
        LogicalProject(id=[$0])
          LogicalProject(id=[$0], body=[$1], place=[$2], score=[$3], id0=[$4], body0=[$5], place0=[$6], score0=[$7])
            LogicalFilter(condition=[=($8, 'x')])
              GenerateRel($8=[GENERATE($1 || $5)])
                LogicalJoin(condition=[=($0, $4)], joinType=[inner])
                  ScanRel(table=[[docs]], columns=[[id, body, place, score]])
                  ScanRel(table=[[docs]], columns=[[id, body, place, score]])\
        """,
        Plans.text(
                extract(
                    "SELECT a.id FROM docs a JOIN docs b"
                        + " ON a.id = b.id AND GENERATE(a.body || b.body) = 'x'"))
            .replace(":VARCHAR", ""));
  }

  @Test
  void aConditionOfAnOuterJoinRunsOnTheSideThatItReads() {
    assertEquals(
        """
        LogicalProject(id=[$0])
          LogicalProject(id=[$0], body=[$1], place=[$2], score=[$3], id0=[$4], body0=[$5], place0=[$6], score0=[$7])
            LogicalJoin(condition=[AND(=($0, $4), =($8, 'x'))], joinType=[left])
              ScanRel(table=[[docs]], columns=[[id, body, place, score]])
              GenerateRel($4=[GENERATE($1)])
                ScanRel(table=[[docs]], columns=[[id, body, place, score]])\
        """,
        Plans.text(
                extract(
                    "SELECT a.id FROM docs a LEFT JOIN docs b"
                        + " ON a.id = b.id AND GENERATE(b.body) = 'x'"))
            .replace(":VARCHAR", ""));
  }

  @Test
  void aConditionOfAnOuterJoinOverBothSidesIsRefused() {
    QueryException e =
        assertThrows(
            QueryException.class,
            () ->
                extract(
                    "SELECT a.id FROM docs a LEFT JOIN docs b ON GENERATE(a.body || b.body) ="
                        + " 'x'"));
    assertEquals(QueryException.State.NOT_BUILT, e.state());
  }
}
