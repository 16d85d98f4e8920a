package dev.quern.planner.pass;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.GenerateCall.Result;
import dev.quern.planner.OptionTerm;
import dev.quern.planner.PromptTerm;
import dev.quern.planner.function.Argument;
import dev.quern.planner.function.GenerateFunction;
import dev.quern.planner.rel.GenerateRel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
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
    var columns = new Columns(input);
    List<GenerateCall> calls = new ArrayList<>();
    List<RelDataType> types = new ArrayList<>();
    guards.forEach((call, guard) -> {
      calls.add(call(call, guard, columns));
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

  private GenerateCall call(RexCall call, RexNode guard, Columns columns) {
    RexNode prompt = call.getOperands().get(Argument.PROMPT.position());
    Result result = ((GenerateFunction) call.getOperator()).result();
    List<PromptTerm> given = PromptTerms.of(prompt, rex, columns::of);
    Map<Argument, OptionTerm> options = OptionTerms.of(call, columns::of);
    List<PromptTerm> whole = CallPrompt.of(result, given, options);
    options.remove(Argument.INSTRUCTION); // it stands in the prompt now
    return new GenerateCall(
        result,
        whole,
        options,
        guard.isAlwaysTrue() ? OptionalInt.empty() : OptionalInt.of(columns.of(guard)));
  }

  private static List<RexNode> replace(
      Map<RexCall, RexNode> answers, List<? extends RexNode> expressions) {
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

  /** The input's columns, and behind them the expressions asked for. */
  private final class Columns {
    private final RelNode base;
    private final List<RexNode> nodes;

    Columns(RelNode base) {
      this.base = base;
      this.nodes = new ArrayList<>(rex.identityProjects(base.getRowType()));
    }

    int of(RexNode node) {
      int place = nodes.indexOf(node);
      if (place < 0) {
        place = nodes.size();
        nodes.add(node);
      }
      return place;
    }

    RelNode node() {
      return nodes.size() == base.getRowType().getFieldCount()
          ? base
          : builder().push(base).project(nodes).build();
    }
  }
}
