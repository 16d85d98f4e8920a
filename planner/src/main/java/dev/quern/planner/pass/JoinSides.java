package dev.quern.planner.pass;

import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.planner.function.GenerateFunction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.ImmutableBitSet;

/** Answers the calls of a join condition below the join, on the side whose columns they read. */
final class JoinSides {
  private final Join join;
  private final RelNode left;
  private final RelNode right;
  private final int leftColumns;
  private final RexBuilder rex;

  JoinSides(Join join, RelNode left, RelNode right) {
    this.join = join;
    this.left = left;
    this.right = right;
    this.leftColumns = left.getRowType().getFieldCount();
    this.rex = join.getCluster().getRexBuilder();
  }

  /** Whether no call reads columns of both sides. */
  boolean oneSided(List<RexNode> conditions) {
    return calls(conditions).stream().noneMatch(this::readsBoth);
  }

  /** The join over sides that carry the answers, with the columns of the original. */
  RelNode extract() {
    Map<RexCall, RexNode> onLeft = new LinkedHashMap<>();
    Map<RexCall, RexNode> onRight = new LinkedHashMap<>();
    for (RexCall call : calls(List.of(join.getCondition()))) {
      if (readsBoth(call)) {
        throw new QueryException(
            State.NOT_BUILT,
            "GENERATE over columns of both tables in the condition of a "
                + join.getJoinType()
                + " join is not built yet; compute it in a sub-query over an inner join");
      }
      boolean readsRight = refs(call).nextSetBit(leftColumns) >= 0;
      (readsRight ? onRight : onLeft).put(call, RexUtil.shift(call, readsRight ? -leftColumns : 0));
    }
    var leftCalls = new CallExtractor(left, Map.of());
    var rightCalls = new CallExtractor(right, Map.of());
    List<RexNode> leftAnswers = leftCalls.extract(List.copyOf(onLeft.values()));
    List<RexNode> rightAnswers = rightCalls.extract(List.copyOf(onRight.values()));
    int newLeft = leftCalls.input().getRowType().getFieldCount();

    Map<RexCall, RexNode> answers = new LinkedHashMap<>();
    int i = 0;
    for (RexCall call : onLeft.keySet()) {
      answers.put(call, leftAnswers.get(i++));
    }
    i = 0;
    for (RexCall call : onRight.keySet()) {
      answers.put(call, RexUtil.shift(rightAnswers.get(i++), newLeft));
    }
    RexNode condition = join.getCondition().accept(new Replacer(answers, newLeft - leftColumns));
    RelNode joined =
        join.copy(
            join.getTraitSet(),
            condition,
            leftCalls.input(),
            rightCalls.input(),
            join.getJoinType(),
            false);
    return originalColumns(joined, newLeft);
  }

  private RelNode originalColumns(RelNode joined, int newLeft) {
    RelBuilder builder =
        RelFactories.LOGICAL_BUILDER.create(joined.getCluster(), null).push(joined);
    List<RexNode> columns = new ArrayList<>();
    for (int i = 0; i < join.getRowType().getFieldCount(); i++) {
      columns.add(builder.field(i < leftColumns ? i : i - leftColumns + newLeft));
    }
    return builder.project(columns, join.getRowType().getFieldNames(), true).build();
  }

  private boolean readsBoth(RexCall call) {
    ImmutableBitSet refs = refs(call);
    int first = refs.nextSetBit(0);
    return first >= 0 && first < leftColumns && refs.nextSetBit(leftColumns) >= 0;
  }

  private static ImmutableBitSet refs(RexNode node) {
    return RelOptUtil.InputFinder.bits(node);
  }

  /** Outermost calls: those within them go along. */
  private static List<RexCall> calls(List<RexNode> nodes) {
    List<RexCall> calls = new ArrayList<>();
    var finder =
        new RexVisitorImpl<Void>(true) {
          @Override
          public Void visitCall(RexCall call) {
            if (call.getOperator() instanceof GenerateFunction) {
              calls.add(call);
              return null;
            }
            return super.visitCall(call);
          }
        };
    nodes.forEach(node -> node.accept(finder));
    return calls;
  }

  /** Puts answers in the place of calls and moves references to the right side. */
  private final class Replacer extends RexShuttle {
    private final Map<RexCall, RexNode> answers;
    private final int shift;

    Replacer(Map<RexCall, RexNode> answers, int shift) {
      this.answers = answers;
      this.shift = shift;
    }

    @Override
    public RexNode visitCall(RexCall call) {
      RexNode answer = answers.get(call);
      return answer != null ? answer : super.visitCall(call);
    }

    @Override
    public RexNode visitInputRef(RexInputRef ref) {
      return ref.getIndex() < leftColumns
          ? ref
          : rex.makeInputRef(ref.getType(), ref.getIndex() + shift);
    }
  }
}
