package dev.quern.planner.pass;

import dev.quern.planner.function.GenerateFunction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/**
 * Finds the GENERATE calls of expressions that can run next, and under which condition each one's
 * answer is needed: the branch of a CASE that holds it is taken, the operands of an AND before it
 * are not FALSE, those of an OR not TRUE.
 */
final class GuardedCalls extends RexVisitorImpl<Void> {
  private final RexBuilder rex;
  private final Map<RexCall, List<RexNode>> guards = new LinkedHashMap<>();
  private List<RexNode> path = List.of();

  private GuardedCalls(RexBuilder rex) {
    super(true);
    this.rex = rex;
  }

  /**
   * The calls whose operands hold no other call and whose guards can be computed now, with their
   * guards; a guard of TRUE means that every row needs the answer. Empty when nothing is left.
   */
  static Map<RexCall, RexNode> next(List<RexNode> expressions, RexBuilder rex) {
    var calls = new GuardedCalls(rex);
    expressions.forEach(e -> e.accept(calls));
    Map<RexCall, RexNode> ready = new LinkedHashMap<>();
    calls.guards.forEach((call, guards) -> {
      RexNode guard = RexUtil.composeDisjunction(rex, guards);
      if (!GenerateFunction.occursIn(List.of(guard))) {
        ready.put(call, guard);
      }
    });
    if (ready.isEmpty()) {
      // Each call's guard waits for another call's answer: break the ring by asking for all rows.
      calls.guards.keySet().stream()
          .findFirst()
          .ifPresent(call -> ready.put(call, rex.makeLiteral(true)));
    }
    return ready;
  }

  @Override
  public Void visitCall(RexCall call) {
    if (!GenerateFunction.occursIn(List.of(call))) {
      return null;
    }
    if (call.getOperator() instanceof GenerateFunction
        && !GenerateFunction.occursIn(call.getOperands())) {
      guards
          .computeIfAbsent(call, c -> new ArrayList<>())
          .add(RexUtil.composeConjunction(rex, path));
      return null;
    }
    switch (call.getKind()) {
      case CASE -> visitCase(call.getOperands());
      case AND -> visitChain(call.getOperands(), true);
      case OR -> visitChain(call.getOperands(), false);
      default -> super.visitCall(call);
    }
    return null;
  }

  private void visitCase(List<RexNode> operands) {
    List<RexNode> outer = path;
    List<RexNode> before = new ArrayList<>(path);
    for (int i = 0; i + 1 < operands.size(); i += 2) {
      path = List.copyOf(before);
      operands.get(i).accept(this);
      path = plus(before, is(operands.get(i), true));
      operands.get(i + 1).accept(this);
      before.add(isNot(operands.get(i), true));
    }
    path = List.copyOf(before);
    operands.getLast().accept(this);
    path = outer;
  }

  /** Plain operands decide first, whatever their place; then the others from left to right. */
  private void visitChain(List<RexNode> operands, boolean and) {
    List<RexNode> outer = path;
    List<RexNode> before = new ArrayList<>(path);
    for (RexNode operand : operands) {
      if (!GenerateFunction.occursIn(List.of(operand))) {
        before.add(isNot(operand, !and));
      }
    }
    for (RexNode operand : operands) {
      if (GenerateFunction.occursIn(List.of(operand))) {
        path = List.copyOf(before);
        operand.accept(this);
        before.add(isNot(operand, !and));
      }
    }
    path = outer;
  }

  private RexNode is(RexNode condition, boolean value) {
    return rex.makeCall(
        value ? SqlStdOperatorTable.IS_TRUE : SqlStdOperatorTable.IS_FALSE, condition);
  }

  private RexNode isNot(RexNode condition, boolean value) {
    return rex.makeCall(
        value ? SqlStdOperatorTable.IS_NOT_TRUE : SqlStdOperatorTable.IS_NOT_FALSE, condition);
  }

  private static List<RexNode> plus(List<RexNode> list, RexNode last) {
    List<RexNode> result = new ArrayList<>(list);
    result.add(last);
    return List.copyOf(result);
  }
}
