package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.planner.Plans;
import org.junit.jupiter.api.Test;

class PruneColumnsTest {
  private static String pruned(String sql) {
    return Plans.text(new ExtractGenerate().apply(new PruneColumns().apply(Plans.of(sql))));
  }

  @Test
  void onlyColumnsThatThePromptOrTheResultReadAreScanned() {
    assertEquals(
        """
        LogicalProject(id=[$0], g=[$2])
          GenerateRel($2=[GENERATE($1)])
            ScanRel(table=[[docs]], columns=[[id, body]])\
        """,
        pruned("SELECT id, GENERATE(body) AS g FROM docs"));
  }

  @Test
  void doesNotFireWhereAllAreRead() {
    assertEquals(
        "ScanRel(table=[[docs]], columns=[[id, body, place, score]])",
        pruned("SELECT * FROM docs").lines().toList().getLast().strip());
  }
}
