package dev.quern.planner.pass;

import dev.quern.planner.Plans;
import dev.quern.planner.QueryPlanner;
import org.apache.calcite.rel.RelNode;

/** Plans before and after one pass. */
final class PassPlans {
  private PassPlans() {}

  /** The plan that a pass gets. */
  static RelNode before(Class<? extends Pass> pass, String sql) {
    RelNode plan = Plans.of(sql);
    for (Pass each : QueryPlanner.PASSES) {
      if (pass.isInstance(each)) {
        return plan;
      }
      plan = each.apply(plan);
    }
    throw new IllegalArgumentException(pass + " is not among the planner's passes");
  }

  /** The plan behind a pass, as EXPLAIN shows it, without types. */
  static String after(Class<? extends Pass> pass, String sql) {
    RelNode plan = before(pass, sql);
    for (Pass each : QueryPlanner.PASSES) {
      if (pass.isInstance(each)) {
        return text(each.apply(plan));
      }
    }
    throw new IllegalArgumentException(pass + " is not among the planner's passes");
  }

  /** A plan as EXPLAIN shows it, without types. */
  static String text(RelNode plan) {
    return Plans.text(plan).replaceAll(":(VARCHAR|DOUBLE|INTEGER)( NOT NULL)?", "");
  }
}
