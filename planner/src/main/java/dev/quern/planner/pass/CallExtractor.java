package dev.quern.planner.pass;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.rel.GenerateRel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.tools.RelBuilder;

/**
 * Moves the GENERATE calls of expressions into {@link GenerateRel} nodes below them. The columns of
 * the starting input keep their places; what calls need and answer follows them.
 */
final class CallExtractor {
  private final RexBuilder rex;
  private final Map<RexCall, RexNode> answers;
  private RelNode input;

  /**
   * @param answers calls whose answers are columns of {@code input} already
   */
  CallExtractor(RelNode input, Map<RexCall, RexNode> answers) {
    this.input = input;
    this.rex = input.getCluster().getRexBuilder();
    this.answers = new HashMap<>(answers);
  }

  /** The input, with all that was put on top of it. */
  RelNode input() {
    return input;
  }

  /** Calls that every row of {@link #input()} has an answer for, and where it is. */
  Map<RexCall, RexNode> answers() {
    return Map.copyOf(answers);
  }

  /** Puts a plain filter on top. */
  void filter(RexNode condition) {
    input = builder().push(input).filter(condition).build();
  }

  /**
   * Puts several conditions on top whose order is chosen while the query runs, where there are
   * several that need answers of their own and no answers of each other.
   *
   * @return the conditions that did not go along, in order
   */
  List<RexNode> filterInAnyOrder(List<RexNode> conditions) {
    var filter = new StagedFilter(input, replace(answers, conditions));
    if (filter.isOrderFree()) {
      input = filter.node();
      answers.putAll(filter.answers());
      return List.of();
    }
    return conditions;
  }

  /** The expressions over {@link #input()}, calls replaced by the columns of their answers. */
  List<RexNode> extract(List<? extends RexNode> expressions) {
    List<RexNode> current = replace(answers, expressions);
    while (true) {
      Map<RexCall, RexNode> next = GuardedCalls.next(current, rex);
      if (next.isEmpty()) {
        return current;
      }
      current = replace(generate(next), current);
    }
  }

  private Map<RexCall, RexNode> generate(Map<RexCall, RexNode> guards) {
    var columns = new CallColumns(input);
    List<GenerateCall> calls = new ArrayList<>();
    List<RelDataType> types = new ArrayList<>();
    guards.forEach((call, guard) -> {
      calls.add(columns.call(call, guard));
      types.add(call.getType());
    });
    RelNode below = columns.node();
    int answer = below.getRowType().getFieldCount();
    input = GenerateRel.logical(below, calls, types);
    Map<RexCall, RexNode> refs = new HashMap<>();
    for (Map.Entry<RexCall, RexNode> entry : guards.entrySet()) {
      RexNode ref = new RexInputRef(answer++, entry.getKey().getType());
      refs.put(entry.getKey(), ref);
      if (entry.getValue().isAlwaysTrue()) {
        answers.put(entry.getKey(), ref);
      }
    }
    return refs;
  }

  /** The expressions, calls replaced by their answers. */
  static List<RexNode> replace(Map<RexCall, RexNode> answers, List<? extends RexNode> expressions) {
    var replacer =
        new RexShuttle() {
          @Override
          public RexNode visitCall(RexCall call) {
            RexNode answer = answers.get(call);
            return answer != null ? answer : super.visitCall(call);
          }
        };
    return replacer.visitList(expressions);
  }

  private RelBuilder builder() {
    return RelFactories.LOGICAL_BUILDER.create(input.getCluster(), null);
  }
}
