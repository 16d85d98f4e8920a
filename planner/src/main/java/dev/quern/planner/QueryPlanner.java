package dev.quern.planner;

import dev.quern.planner.pass.Decorrelate;
import dev.quern.planner.pass.ExtractGenerate;
import dev.quern.planner.pass.FilterScan;
import dev.quern.planner.pass.LimitExists;
import dev.quern.planner.pass.OuterJoinRows;
import dev.quern.planner.pass.Pass;
import dev.quern.planner.pass.PlainWindows;
import dev.quern.planner.pass.PruneColumns;
import dev.quern.planner.pass.PullAboveJoin;
import dev.quern.planner.pass.PushDown;
import dev.quern.planner.pass.ShareRows;
import dev.quern.planner.pass.StopEarly;
import dev.quern.planner.rel.PhysicalRules;
import java.util.List;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRules;
import org.apache.calcite.plan.ConventionTraitDef;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.plan.volcano.VolcanoPlanner;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.tools.RelBuilder;

/** Makes one query's plan: the passes in order, then the cheapest physical plan. */
public final class QueryPlanner {
  /** The passes, in the order in which they run. */
  public static final List<Pass> PASSES =
      List.of(
          new Decorrelate(),
          new PruneColumns(),
          new ExtractGenerate(),
          new LimitExists(),
          new PushDown(),
          new PullAboveJoin(),
          new ShareRows(),
          new StopEarly(),
          new FilterScan(),
          new OuterJoinRows(),
          new PlainWindows());

  private final RelOptPlanner planner;
  private final RelOptCluster cluster;

  public QueryPlanner(RelDataTypeFactory types) {
    this.planner = new VolcanoPlanner();
    planner.addRelTraitDef(ConventionTraitDef.INSTANCE);
    PhysicalRules.all().forEach(planner::addRule);
    this.cluster = RelOptCluster.create(planner, new RexBuilder(types));
    cluster.setMetadataQuerySupplier(new InterpretedMetadata()::query);
  }

  /** Where the query's expressions are made. */
  public RelOptCluster cluster() {
    return cluster;
  }

  /** The plan after the passes. */
  public RelNode logical(RelNode root) {
    RelNode node = root;
    for (Pass pass : PASSES) {
      node = pass.apply(node);
    }
    return node;
  }

  /**
   * The plan that runs.
   *
   * @throws QueryException when no plan can run the query
   */
  public EnumerableRel physical(RelNode logical) {
    RelNode wanted =
        planner.changeTraits(logical, cluster.traitSetOf(EnumerableConvention.INSTANCE));
    planner.setRoot(wanted);
    try {
      return (EnumerableRel) calc(planner.findBestExp());
    } catch (RelOptPlanner.CannotPlanException e) {
      throw new QueryException(
          QueryException.State.NOT_BUILT,
          "no plan can run this query: " + e.getMessage().lines().findFirst().orElse(""),
          e);
    }
  }

  /** Joins projections and filters into one loop each: Calcite generates code for these only. */
  private static RelNode calc(RelNode node) {
    var planner =
        new HepPlanner(
            HepProgram.builder()
                .addRuleCollection(
                    List.of(
                        EnumerableRules.ENUMERABLE_PROJECT_TO_CALC_RULE,
                        EnumerableRules.ENUMERABLE_FILTER_TO_CALC_RULE,
                        CoreRules.CALC_MERGE))
                .build());
    planner.setRoot(node);
    return planner.findBestExp();
  }

  /** A builder of plans for tests and statements that assemble their own. */
  public RelBuilder builder() {
    return org.apache.calcite.rel.core.RelFactories.LOGICAL_BUILDER.create(cluster, null);
  }
}
