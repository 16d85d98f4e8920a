package dev.quern.planner.rel;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.cost.CallCost;
import dev.quern.planner.cost.Selectivity;
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
import org.apache.calcite.rex.RexNode;

/**
 * The rows of its input that meet several conditions, each of which needs answers of its own. Which
 * one is asked first is decided while the query runs, by what they cost and how many rows they let
 * pass. Gives the columns of its input, then the answers of all conditions as written.
 */
public class GenerateFilterRel extends SingleRel {
  /**
   * @param calls over the columns of the node's input
   * @param types type of each call's answer
   * @param condition over the node's own columns
   */
  public record Stage(List<GenerateCall> calls, List<RelDataType> types, RexNode condition) {
    public Stage {
      calls = List.copyOf(calls);
      types = List.copyOf(types);
    }

    /** Share of rows that are assumed to pass. */
    public double selectivity() {
      return Selectivity.of(condition, column -> Selectivity.BOOLEAN);
    }

    /** Place among the conditions before any row is seen, see {@link CallCost#rank}. */
    public double rank() {
      return CallCost.rank(CallCost.of(calls), selectivity());
    }

    @Override
    public String toString() {
      return condition + " WITH " + calls;
    }
  }

  private final List<Stage> stages;
  private final OptionalLong demand;

  GenerateFilterRel(
      RelOptCluster cluster,
      RelTraitSet traits,
      RelNode input,
      List<Stage> stages,
      OptionalLong demand) {
    super(cluster, traits, input);
    this.stages = List.copyOf(stages);
    this.demand = demand;
  }

  public static GenerateFilterRel logical(RelNode input, List<Stage> stages) {
    RelOptCluster cluster = input.getCluster();
    return new GenerateFilterRel(
        cluster, cluster.traitSetOf(Convention.NONE), input, stages, OptionalLong.empty());
  }

  /** The same node, whose consumer may stop after that many rows. */
  public GenerateFilterRel withDemand(OptionalLong rows) {
    return new GenerateFilterRel(getCluster(), getTraitSet(), input, stages, rows);
  }

  public List<Stage> stages() {
    return stages;
  }

  /** Rows after which the consumer may stop; empty: it takes all. */
  public OptionalLong demand() {
    return demand;
  }

  /** Number of columns that come from the input; answers follow. */
  public int inputColumns() {
    return input.getRowType().getFieldCount();
  }

  /** Column of the first answer of a stage. */
  public int firstAnswer(int stage) {
    int column = inputColumns();
    for (Stage before : stages.subList(0, stage)) {
      column += before.calls().size();
    }
    return column;
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new GenerateFilterRel(getCluster(), traits, inputs.getFirst(), stages, demand);
  }

  @Override
  protected RelDataType deriveRowType() {
    var builder = getCluster().getTypeFactory().builder().addAll(input.getRowType().getFieldList());
    List<RelDataType> answers = new ArrayList<>();
    stages.forEach(stage -> answers.addAll(stage.types()));
    for (int i = 0; i < answers.size(); i++) {
      builder.add("answer" + i, answers.get(i));
    }
    return builder.uniquify().build();
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    RelWriter result = super.explainTerms(writer);
    for (int i = 0; i < stages.size(); i++) {
      int answer = firstAnswer(i);
      for (GenerateCall call : stages.get(i).calls()) {
        result = result.item("$" + answer++, call);
      }
      result = result.item("condition" + i, stages.get(i).condition());
    }
    return result.itemIf("demand", demand.orElse(0), demand.isPresent());
  }

  @Override
  public double estimateRowCount(RelMetadataQuery metadata) {
    double rows = metadata.getRowCount(input);
    for (Stage stage : stages) {
      rows *= stage.selectivity();
    }
    return rows;
  }

  @Override
  public RelOptCost computeSelfCost(RelOptPlanner planner, RelMetadataQuery metadata) {
    double rows = metadata.getRowCount(input);
    double calls = stages.stream().mapToInt(stage -> stage.calls().size()).sum();
    return planner.getCostFactory().makeCost(rows, rows * GenerateRel.ROWS_PER_ANSWER * calls, 0);
  }
}
