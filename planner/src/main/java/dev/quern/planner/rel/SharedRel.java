package dev.quern.planner.rel;

import java.util.List;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.metadata.RelMetadataQuery;

/**
 * The rows of its input, which runs once for all nodes of the same number: branches that share it,
 * or the inner side of a join that is read again for each outer row.
 */
public class SharedRel extends SingleRel {
  private final int number;

  SharedRel(RelOptCluster cluster, RelTraitSet traits, RelNode input, int number) {
    super(cluster, traits, input);
    this.number = number;
  }

  /**
   * @param number the same for all nodes that stand for the same rows
   */
  public static SharedRel logical(RelNode input, int number) {
    RelOptCluster cluster = input.getCluster();
    return new SharedRel(cluster, cluster.traitSetOf(Convention.NONE), input, number);
  }

  public int number() {
    return number;
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new SharedRel(getCluster(), traits, inputs.getFirst(), number);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("number", number);
  }

  @Override
  public RelOptCost computeSelfCost(RelOptPlanner planner, RelMetadataQuery metadata) {
    double rows = metadata.getRowCount(input);
    return planner.getCostFactory().makeCost(rows, rows, 0);
  }
}
