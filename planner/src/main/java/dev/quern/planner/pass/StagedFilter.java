package dev.quern.planner.pass;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.function.GenerateFunction;
import dev.quern.planner.rel.GenerateFilterRel;
import dev.quern.planner.rel.GenerateFilterRel.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.util.Util;

/**
 * Conditions that each need answers of their own, as one {@link GenerateFilterRel}. Conditions that
 * share a call are one. Whether it can be: there are two or more, and none needs an answer to ask
 * for another.
 */
final class StagedFilter {
  private final RexBuilder rex;
  private final RelNode input;
  private final List<Map<RexCall, RexNode>> calls = new ArrayList<>();
  private final List<RexNode> conditions = new ArrayList<>();
  private boolean chained;
  private final Map<RexCall, RexNode> unguarded = new HashMap<>();

  /**
   * @param parts over the columns of {@code input}, calls in them
   */
  StagedFilter(RelNode input, List<RexNode> parts) {
    this.input = input;
    this.rex = input.getCluster().getRexBuilder();
    parts.forEach(this::add);
  }

  private void add(RexNode part) {
    Map<RexCall, RexNode> own = new LinkedHashMap<>(GuardedCalls.next(List.of(part), rex));
    chained |= own.isEmpty() || callsBeside(own, part);
    RexNode condition = part;
    for (int i = calls.size() - 1; i >= 0; i--) {
      if (calls.get(i).keySet().stream().anyMatch(own::containsKey)) {
        calls
            .remove(i)
            .forEach((call, guard) ->
                own.merge(call, guard, (a, b) -> RexUtil.composeDisjunction(rex, List.of(a, b))));
        condition = RexUtil.composeConjunction(rex, List.of(conditions.remove(i), condition));
      }
    }
    calls.add(own);
    conditions.add(condition);
  }

  /** Whether the condition holds calls that are none of these nor within them. */
  private static boolean callsBeside(Map<RexCall, RexNode> calls, RexNode condition) {
    try {
      condition.accept(
          new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitCall(RexCall call) {
              if (calls.containsKey(call)) {
                return null;
              }
              if (call.getOperator() instanceof GenerateFunction) {
                throw new Util.FoundOne(call);
              }
              return super.visitCall(call);
            }
          });
      return false;
    } catch (Util.FoundOne e) {
      return true;
    }
  }

  boolean isOrderFree() {
    return !chained && conditions.size() > 1;
  }

  /** The input's rows that meet all conditions. */
  GenerateFilterRel node() {
    var columns = new CallColumns(input);
    List<List<GenerateCall>> made =
        calls.stream()
            .map(own ->
                own.entrySet().stream().map(e -> columns.call(e.getKey(), e.getValue())).toList())
            .toList();
    RelNode below = columns.node();
    int answer = below.getRowType().getFieldCount();
    List<Stage> stages = new ArrayList<>();
    for (int i = 0; i < made.size(); i++) {
      Map<RexCall, RexNode> refs = new HashMap<>();
      List<RelDataType> types = new ArrayList<>();
      for (Map.Entry<RexCall, RexNode> e : calls.get(i).entrySet()) {
        RexNode ref = new RexInputRef(answer++, e.getKey().getType());
        types.add(e.getKey().getType());
        refs.put(e.getKey(), ref);
        if (e.getValue().isAlwaysTrue()) {
          unguarded.put(e.getKey(), ref);
        }
      }
      stages.add(
          new Stage(
              made.get(i),
              types,
              CallExtractor.replace(refs, List.of(conditions.get(i))).getFirst()));
    }
    return GenerateFilterRel.logical(below, stages);
  }

  /** Calls that every row of a built {@link #node()} has an answer for, and where it is. */
  Map<RexCall, RexNode> answers() {
    return Map.copyOf(unguarded);
  }
}
