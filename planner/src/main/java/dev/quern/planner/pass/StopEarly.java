package dev.quern.planner.pass;

import dev.quern.planner.rel.GenerateFilterRel;
import dev.quern.planner.rel.GenerateRel;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;

/** Tells calls how many rows a LIMIT above them takes, so that few run in vain. */
public final class StopEarly implements Pass {
  /** Rows taken for a LIMIT whose number is a parameter. */
  private static final long UNKNOWN_LIMIT = 64;

  @Override
  public RelNode apply(RelNode root) {
    return visit(root, OptionalLong.empty());
  }

  private RelNode visit(RelNode node, OptionalLong demand) {
    return switch (node) {
      case GenerateRel generate -> inputs(generate.withDemand(demand), demand);
      case GenerateFilterRel filter -> inputs(filter.withDemand(demand), demand);
      case Project project when !project.containsOver() -> inputs(node, demand);
      case Filter filter -> inputs(node, demand);
      case Union union when union.all -> inputs(node, demand);
      case Sort sort when sort.getCollation().getKeys().isEmpty() && sort.fetch != null ->
          inputs(node, OptionalLong.of(Math.min(rows(sort), demand.orElse(Long.MAX_VALUE))));
      case Sort sort when sort.getCollation().getKeys().isEmpty() -> inputs(node, demand);
      // The left side streams, the right one is read whole.
      case Join join -> sides(join, demand);
      case Correlate correlate -> sides(correlate, demand);
      default -> inputs(node, OptionalLong.empty());
    };
  }

  private RelNode inputs(RelNode node, OptionalLong demand) {
    return Pass.withInputs(node, input -> visit(input, demand));
  }

  private RelNode sides(RelNode node, OptionalLong demand) {
    List<RelNode> inputs = new ArrayList<>();
    inputs.add(visit(node.getInput(0), demand));
    inputs.add(visit(node.getInput(1), OptionalLong.empty()));
    return inputs.equals(node.getInputs()) ? node : node.copy(node.getTraitSet(), inputs);
  }

  private static long rows(Sort sort) {
    long skipped = sort.offset == null ? 0 : number(sort.offset);
    long taken = number(sort.fetch);
    return taken > Long.MAX_VALUE - skipped ? Long.MAX_VALUE : skipped + taken;
  }

  private static long number(RexNode node) {
    return node instanceof RexLiteral literal
        ? literal.getValueAs(BigDecimal.class).longValue()
        : UNKNOWN_LIMIT;
  }
}
