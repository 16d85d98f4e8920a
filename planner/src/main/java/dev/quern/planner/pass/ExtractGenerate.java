package dev.quern.planner.pass;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.planner.function.GenerateFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.tools.RelBuilder;

/**
 * Moves every GENERATE call out of Project, Filter and Join into {@link
 * dev.quern.planner.rel.GenerateRel} nodes. Plain conditions run below the calls.
 */
public final class ExtractGenerate implements Pass {

  @Override
  public RelNode apply(RelNode root) {
    RelNode result = trimmed(visit(root), root);
    refuseLeftovers(result);
    return result;
  }

  /**
   * A rewritten node. Its first columns are those of the node it stands for; answers that it has
   * behind them can be used again.
   */
  private record Rewritten(RelNode node, Map<RexCall, RexNode> answers) {
    Rewritten(RelNode node) {
      this(node, Map.of());
    }
  }

  private Rewritten visit(RelNode node) {
    return switch (node) {
      case Project project -> visitProject(project);
      case Filter filter when calls(filter.getCondition()) -> visitFilter(filter);
      case Join join when calls(join.getCondition()) ->
          new JoinCalls(join, plain(join.getLeft()), plain(join.getRight())).rewrite(this::filter);
      default -> new Rewritten(copy(node));
    };
  }

  private Rewritten visitProject(Project project) {
    if (!GenerateFunction.occursIn(project.getProjects())) {
      return new Rewritten(copy(project));
    }
    if (!project.getVariablesSet().isEmpty()) {
      throw new QueryException(
          State.NOT_BUILT,
          "GENERATE cannot run beside a sub-query that depends on each row and cannot be joined;"
              + " write the sub-query as a JOIN");
    }
    Rewritten input = visit(project.getInput());
    var extractor = new CallExtractor(input.node(), input.answers());
    List<RexNode> expressions = extractor.extract(project.getProjects());
    return new Rewritten(
        builder(project)
            .push(extractor.input())
            .project(expressions, project.getRowType().getFieldNames(), true)
            .build());
  }

  private Rewritten visitFilter(Filter filter) {
    Rewritten input = visit(filter.getInput());
    return filter(input, filter.getCondition());
  }

  private Rewritten filter(RelNode input, RexNode condition) {
    return filter(new Rewritten(input), condition);
  }

  /** Plain conditions first; then the others, each over the rows that are left. */
  private Rewritten filter(Rewritten input, RexNode condition) {
    List<RexNode> plain = new ArrayList<>();
    List<RexNode> dear = new ArrayList<>();
    for (RexNode part : RelOptUtil.conjunctions(condition)) {
      (calls(part) ? dear : plain).add(part);
    }
    RelNode start = builder(input.node()).push(input.node()).filter(plain).build();
    var extractor = new CallExtractor(start, input.answers());
    for (RexNode part : extractor.filterInAnyOrder(dear)) {
      extractor.extract(List.of(part)).forEach(extractor::filter);
    }
    return new Rewritten(extractor.input(), extractor.answers());
  }

  private RelNode plain(RelNode node) {
    return trimmed(visit(node), node);
  }

  private RelNode copy(RelNode node) {
    return Pass.withInputs(node, this::plain);
  }

  /** Drops the columns that the rewritten node has more than the original. */
  private static RelNode trimmed(Rewritten rewritten, RelNode original) {
    int columns = original.getRowType().getFieldCount();
    RelNode node = rewritten.node();
    if (node.getRowType().getFieldCount() == columns) {
      return node;
    }
    RelBuilder builder = builder(node).push(node);
    return builder
        .project(builder.fields().subList(0, columns), original.getRowType().getFieldNames(), true)
        .build();
  }

  private static void refuseLeftovers(RelNode node) {
    node.accept(
        new RexShuttle() {
          @Override
          public RexNode visitCall(RexCall call) {
            if (call.getOperator() instanceof GenerateFunction) {
              throw new QueryException(
                  State.NOT_BUILT,
                  call.getOperator().getName()
                      + " cannot stand in this place ("
                      + node.getRelTypeName()
                      + "); compute it in a sub-query and refer to its column");
            }
            return super.visitCall(call);
          }
        });
    node.getInputs().forEach(ExtractGenerate::refuseLeftovers);
  }

  private static boolean calls(RexNode node) {
    return GenerateFunction.occursIn(List.of(node));
  }

  private static RelBuilder builder(RelNode node) {
    return RelFactories.LOGICAL_BUILDER.create(node.getCluster(), null);
  }

  /** Calls in the condition of a join. */
  private record JoinCalls(Join join, RelNode left, RelNode right) {
    Rewritten rewrite(java.util.function.BiFunction<RelNode, RexNode, Rewritten> filter) {
      List<RexNode> plain = new ArrayList<>();
      List<RexNode> dear = new ArrayList<>();
      for (RexNode part : RelOptUtil.conjunctions(join.getCondition())) {
        (calls(part) ? dear : plain).add(part);
      }
      var sides = new JoinSides(join, left, right);
      boolean inner = join.getJoinType() == org.apache.calcite.rel.core.JoinRelType.INNER;
      if (inner && (!plain.isEmpty() || !sides.oneSided(dear))) {
        RexNode condition =
            org.apache.calcite.rex.RexUtil.composeConjunction(
                join.getCluster().getRexBuilder(), plain);
        RelNode below =
            join.copy(join.getTraitSet(), condition, left, right, join.getJoinType(), false);
        return filter.apply(
            below,
            org.apache.calcite.rex.RexUtil.composeConjunction(
                join.getCluster().getRexBuilder(), dear));
      }
      return new Rewritten(sides.extract());
    }
  }
}
