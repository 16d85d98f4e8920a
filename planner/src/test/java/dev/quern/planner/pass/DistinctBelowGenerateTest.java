package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DistinctBelowGenerateTest {
  private static String pushed(String sql) {
    return PassPlans.after(PushDown.class, sql);
  }

  @Test
  void distinctOverAnswersAndTheirInputsIsDistinctInputs() {
    assertEquals(
        """
        GenerateRel($1=[GENERATE($0)])
          LogicalAggregate(group=[{0}])
            ScanRel(table=[[docs]], columns=[[body]])\
        """,
        pushed("SELECT DISTINCT body, GENERATE(body) AS g FROM docs"));
  }

  @Test
  void distinctAnswersAloneNeedTheAnswers() {
    assertEquals(
        """
        LogicalAggregate(group=[{0}])
          LogicalProject(g=[$1])
            GenerateRel($1=[GENERATE($0)])
              ScanRel(table=[[docs]], columns=[[body]])\
        """,
        pushed("SELECT DISTINCT GENERATE(body) AS g FROM docs"));
  }

  @Test
  void aSeedOfItsOwnARowIsAnInputToo() {
    assertEquals(
        """
        LogicalAggregate(group=[{0, 1}])
          LogicalProject(body=[$1], g=[$2])
            GenerateRel($2=[GENERATE($1, seed => $0)])
              ScanRel(table=[[docs]], columns=[[id, body]])\
        """,
        pushed("SELECT DISTINCT body, GENERATE(body, seed => id) AS g FROM docs"));
  }

  @Test
  void answersThatReadNoColumnHaveNoInputsToBeDistinct() {
    assertEquals(
        """
        LogicalAggregate(group=[{0}])
          GenerateRel($0=[GENERATE('a word')])
            ScanRel(table=[[docs]], columns=[[]])\
        """,
        pushed("SELECT DISTINCT GENERATE('a word') AS g FROM docs"));
  }
}
