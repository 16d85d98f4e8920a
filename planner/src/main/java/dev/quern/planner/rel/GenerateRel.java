package dev.quern.planner.rel;

import dev.quern.planner.GenerateCall;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlExplainLevel;

/** The columns of its input, followed by the answer of each call. Keeps rows and their order. */
public class GenerateRel extends SingleRel {
  /** Cost of an answer in rows read: dear enough that everything else goes below. */
  static final double ROWS_PER_ANSWER = 10_000;

  private final List<GenerateCall> calls;
  private final List<RelDataType> types;
  private final OptionalLong demand;

  GenerateRel(
      RelOptCluster cluster,
      RelTraitSet traits,
      RelNode input,
      List<GenerateCall> calls,
      List<RelDataType> types,
      OptionalLong demand) {
    super(cluster, traits, input);
    this.calls = List.copyOf(calls);
    this.types = List.copyOf(types);
    this.demand = demand;
  }

  /**
   * @param types type of each call's answer
   */
  public static GenerateRel logical(
      RelNode input, List<GenerateCall> calls, List<RelDataType> types) {
    RelOptCluster cluster = input.getCluster();
    return new GenerateRel(
        cluster, cluster.traitSetOf(Convention.NONE), input, calls, types, OptionalLong.empty());
  }

  /** The same node, whose consumer may stop after that many of its own rows. */
  public GenerateRel withDemand(OptionalLong rows) {
    return new GenerateRel(getCluster(), getTraitSet(), input, calls, types, rows);
  }

  public List<GenerateCall> calls() {
    return calls;
  }

  /** Type of each call's answer. */
  public List<RelDataType> types() {
    return types;
  }

  /**
   * Rows that the consumer takes at most before it stops, of this node's or of those it filters
   * from them: a reason to run no more rows ahead than needed. Empty: it takes all.
   */
  public OptionalLong demand() {
    return demand;
  }

  /** Number of columns that come from the input; answers follow. */
  public int inputColumns() {
    return input.getRowType().getFieldCount();
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new GenerateRel(getCluster(), traits, inputs.getFirst(), calls, types, demand);
  }

  @Override
  protected RelDataType deriveRowType() {
    var builder = getCluster().getTypeFactory().builder().addAll(input.getRowType().getFieldList());
    for (int i = 0; i < calls.size(); i++) {
      builder.add("answer" + i, types.get(i));
    }
    return builder.uniquify().build();
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    RelWriter result = super.explainTerms(writer);
    List<GenerateCall> shown = new ArrayList<>(calls);
    for (int i = 0; i < shown.size(); i++) {
      // Nodes are compared by their calls; as JSON and XML a call is its text.
      Object call = shown.get(i);
      result =
          result.item(
              "$" + (inputColumns() + i),
              writer.getDetailLevel() == SqlExplainLevel.DIGEST_ATTRIBUTES
                  ? call
                  : call.toString());
    }
    return result.itemIf("demand", demand.orElse(0), demand.isPresent());
  }

  @Override
  public double estimateRowCount(RelMetadataQuery metadata) {
    return metadata.getRowCount(input);
  }

  @Override
  public RelOptCost computeSelfCost(RelOptPlanner planner, RelMetadataQuery metadata) {
    double rows = metadata.getRowCount(input);
    return planner.getCostFactory().makeCost(rows, rows * ROWS_PER_ANSWER * calls.size(), 0);
  }
}
