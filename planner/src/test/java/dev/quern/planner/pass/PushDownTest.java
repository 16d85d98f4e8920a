package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.planner.Plans;
import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.Test;

class PushDownTest {
  private static String pushed(String sql) {
    RelNode extracted = new ExtractGenerate().apply(Plans.of(sql));
    return Plans.text(new PushDown().apply(extracted)).replace(":VARCHAR", "");
  }

  @Test
  void aPlainFilterGoesBelowTheCall() {
    assertEquals(
        """
        LogicalProject(id=[$0], g=[$4])
          GenerateRel($4=[GENERATE($1)])
            LogicalFilter(condition=[>($0, 5)])
              ScanRel(table=[[docs]], columns=[[id, body, place, score]])\
        """,
        pushed("SELECT * FROM (SELECT id, GENERATE(body) AS g FROM docs) WHERE id > 5"));
  }

  @Test
  void aFilterOnTheAnswerStays() {
    assertEquals(
        """
        LogicalProject(id=[$0], g=[$4])
          LogicalFilter(condition=[=($4, 'x')])
            GenerateRel($4=[GENERATE($1)])
              ScanRel(table=[[docs]], columns=[[id, body, place, score]])\
        """,
        pushed("SELECT * FROM (SELECT id, GENERATE(body) AS g FROM docs) WHERE g = 'x'"));
  }

  @Test
  void limitAndOffsetGoBelowTheCall() {
    assertEquals(
        """
        LogicalProject(g=[$4])
          GenerateRel($4=[GENERATE($1)])
            LogicalSort(offset=[2], fetch=[3])
              ScanRel(table=[[docs]], columns=[[id, body, place, score]])\
        """,
        pushed("SELECT GENERATE(body) AS g FROM docs LIMIT 3 OFFSET 2"));
  }

  @Test
  void aLimitAboveAFilterOnTheAnswerStays() {
    assertEquals(
        """
        LogicalProject(id=[$0])
          LogicalSort(fetch=[3])
            LogicalFilter(condition=[=($4, 'x')])
              GenerateRel($4=[GENERATE($1)])
                ScanRel(table=[[docs]], columns=[[id, body, place, score]])\
        """,
        pushed("SELECT id FROM docs WHERE GENERATE(body) = 'x' LIMIT 3"));
  }

  @Test
  void aSortOnPlainColumnsGoesBelowTheCall() {
    assertEquals(
        """
        LogicalProject(id=[$0], g=[$4])
          GenerateRel($4=[GENERATE($1)])
            LogicalSort(sort0=[$0], dir0=[DESC], fetch=[3])
              ScanRel(table=[[docs]], columns=[[id, body, place, score]])\
        """,
        pushed("SELECT id, GENERATE(body) AS g FROM docs ORDER BY id DESC LIMIT 3"));
  }

  @Test
  void aSortOnTheAnswerStays() {
    assertEquals(
        """
        LogicalProject(id=[$0], g=[$4])
          LogicalSort(sort0=[$4], dir0=[ASC], fetch=[3])
            GenerateRel($4=[GENERATE($1)])
              ScanRel(table=[[docs]], columns=[[id, body, place, score]])\
        """,
        pushed("SELECT id, GENERATE(body) AS g FROM docs ORDER BY g LIMIT 3"));
  }
}
