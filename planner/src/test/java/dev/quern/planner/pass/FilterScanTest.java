package dev.quern.planner.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.executor.table.ColumnFilter;
import dev.quern.executor.table.ColumnFilter.Comparison;
import dev.quern.planner.Plans;
import dev.quern.planner.rel.ScanRel;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.Test;

class FilterScanTest {
  private static List<ColumnFilter> filters(String condition) {
    RelNode plan = new FilterScan().apply(Plans.of("SELECT id FROM docs WHERE " + condition));
    while (!(plan instanceof ScanRel)) {
      plan = plan.getInput(0);
    }
    return ((ScanRel) plan).filters();
  }

  @Test
  void comparisonsWithConstantsReachTheScan() {
    assertEquals(
        List.of(
            new ColumnFilter("id", Comparison.GREATER, 5L),
            new ColumnFilter("place", Comparison.EQUAL, "zoo"),
            new ColumnFilter("body", Comparison.IS_NOT_NULL, null)),
        filters("id > 5 AND place = 'zoo' AND body IS NOT NULL"));
  }

  @Test
  void aConstantOnTheLeftIsTurnedAround() {
    assertEquals(List.of(new ColumnFilter("id", Comparison.LESS, 5L)), filters("5 > id"));
  }

  @Test
  void rangesAreTakenApart() {
    assertEquals(
        List.of(
            new ColumnFilter("id", Comparison.GREATER_OR_EQUAL, 2L),
            new ColumnFilter("id", Comparison.LESS_OR_EQUAL, 4L)),
        filters("id BETWEEN 2 AND 4"));
  }

  @Test
  void doesNotFireForExpressionsAndAlternatives() {
    assertEquals(List.of(), filters("id + 1 > 5"));
    assertEquals(List.of(), filters("id > 5 OR place = 'zoo'"));
    assertEquals(List.of(), filters("UPPER(place) = 'ZOO'"));
  }
}
