package dev.quern.planner.cost;

import dev.quern.planner.cost.AssumedPlan.Rewritten;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.adapter.enumerable.EnumerableCalc;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.RelOptUtil.InputFinder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexProgram;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** Projections and filters over answers. */
final class AssumedCalc {
  private final Rewritten input;
  private final RexBuilder rex;

  private AssumedCalc(EnumerableCalc calc, Rewritten input) {
    this.input = input;
    this.rex = calc.getCluster().getRexBuilder();
  }

  static Rewritten rewrite(EnumerableCalc calc, Rewritten input) {
    return new AssumedCalc(calc, input).rewrite(calc.getProgram(), calc.getRowType());
  }

  private Rewritten rewrite(RexProgram program, RelDataType rowType) {
    List<RexNode> plain = new ArrayList<>();
    double share = 1;
    if (program.getCondition() != null) {
      RexNode whole = program.expandLocalRef(program.getCondition());
      for (RexNode condition : RelOptUtil.conjunctions(whole)) {
        if (hangsOnAnswer(condition)) {
          share *= Selectivity.of(condition, this::share);
        } else {
          plain.add(condition);
        }
      }
    }
    RelNode rel = filter(input.rel(), plain);
    if (share < 1) {
      rel = AssumedFilter.of(rel, share);
    }
    List<RexNode> projects = new ArrayList<>();
    double[] answers = new double[program.getProjectList().size()];
    for (int i = 0; i < answers.length; i++) {
      RexNode expression = program.expandLocalRef(program.getProjectList().get(i));
      boolean hangs = hangsOnAnswer(expression);
      answers[i] = hangs ? truth(expression) : Double.NaN;
      projects.add(hangs ? placeholder(expression) : expression);
    }
    var projection = RexProgram.create(rel.getRowType(), projects, null, rowType, rex);
    return new Rewritten(
        EnumerableCalc.create(rel, projection),
        answers,
        input.thinned() || share < 1,
        input.scans());
  }

  private RelNode filter(RelNode rel, List<RexNode> conditions) {
    if (conditions.isEmpty()) {
      return rel;
    }
    RelDataType row = rel.getRowType();
    List<? extends RexNode> same = rex.identityProjects(row);
    RexNode condition = RexUtil.composeConjunction(rex, conditions);
    return EnumerableCalc.create(rel, RexProgram.create(row, same, condition, row, rex));
  }

  private boolean hangsOnAnswer(RexNode expression) {
    return InputFinder.bits(expression).toList().stream()
        .anyMatch(column -> !Double.isNaN(input.answers()[column]));
  }

  private double share(int column) {
    double share = input.answers()[column];
    return Double.isNaN(share) ? Selectivity.BOOLEAN : share;
  }

  private double truth(RexNode expression) {
    return expression.getType().getSqlTypeName() == SqlTypeName.BOOLEAN
        ? Selectivity.of(expression, this::share)
        : Selectivity.BOOLEAN;
  }

  /**
   * Columns and fields of answers stay what they are. Other expressions may fail on an answer that
   * is none: a text gives way to the first answer in it, anything else to NULL.
   */
  private RexNode placeholder(RexNode expression) {
    if (expression instanceof RexInputRef || expression instanceof RexFieldAccess) {
      return expression;
    }
    RelDataType type = expression.getType();
    if (SqlTypeUtil.inCharFamily(type)) {
      for (int column : InputFinder.bits(expression)) {
        RelDataType answer = input.rel().getRowType().getFieldList().get(column).getType();
        if (!Double.isNaN(input.answers()[column]) && SqlTypeUtil.inCharFamily(answer)) {
          return rex.makeAbstractCast(type, rex.makeInputRef(answer, column), false);
        }
      }
    }
    return type.isNullable() ? rex.makeNullLiteral(type) : rex.makeZeroRexNode(type);
  }
}
