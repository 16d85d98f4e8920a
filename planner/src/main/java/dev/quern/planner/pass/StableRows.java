package dev.quern.planner.pass;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.util.Util;

/** Whether something gives the same each time it is computed in a query; the clock does. */
final class StableRows {
  private StableRows() {}

  static boolean isStable(RexNode expression) {
    try {
      expression.accept(
          new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitCall(RexCall call) {
              if (isVolatile(call.getOperator())) {
                throw new Util.FoundOne(call);
              }
              return super.visitCall(call);
            }
          });
      return true;
    } catch (Util.FoundOne e) {
      return false;
    }
  }

  /** The node and all below it. */
  static boolean isStable(RelNode node) {
    try {
      node.accept(
          new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall call) {
              if (isVolatile(call.getOperator())) {
                throw new Util.FoundOne(call);
              }
              return super.visitCall(call);
            }
          });
    } catch (Util.FoundOne e) {
      return false;
    }
    return node.getInputs().stream().allMatch(StableRows::isStable);
  }

  /** Calcite calls RAND deterministic, and dynamic as it does the clock. */
  private static boolean isVolatile(SqlOperator operator) {
    return !operator.isDeterministic()
        || operator.equals(SqlStdOperatorTable.RAND)
        || operator.equals(SqlStdOperatorTable.RAND_INTEGER);
  }
}
