package dev.quern.planner.pass;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.GenerateCall.Result;
import dev.quern.planner.OptionTerm;
import dev.quern.planner.PromptTerm;
import dev.quern.planner.function.Argument;
import dev.quern.planner.function.GenerateFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;

/** A node's columns, and behind them the expressions that calls over it read. */
final class CallColumns {
  private final RelNode base;
  private final RexBuilder rex;
  private final List<RexNode> nodes;

  CallColumns(RelNode base) {
    this.base = base;
    this.rex = base.getCluster().getRexBuilder();
    this.nodes = new ArrayList<>(rex.identityProjects(base.getRowType()));
  }

  /**
   * The call over {@link #node()}.
   *
   * @param guard whether a row needs the answer
   */
  GenerateCall call(RexCall call, RexNode guard) {
    RexNode prompt = call.getOperands().get(Argument.PROMPT.position());
    Result result = ((GenerateFunction) call.getOperator()).result();
    List<PromptTerm> given = PromptTerms.of(prompt, rex, this::of);
    Map<Argument, OptionTerm> options = OptionTerms.of(call, this::of);
    List<PromptTerm> whole = CallPrompt.of(result, given, options);
    options.remove(Argument.INSTRUCTION); // it stands in the prompt now
    return new GenerateCall(
        result,
        whole,
        options,
        guard.isAlwaysTrue() ? OptionalInt.empty() : OptionalInt.of(of(guard)));
  }

  private int of(RexNode node) {
    int place = nodes.indexOf(node);
    if (place < 0) {
      place = nodes.size();
      nodes.add(node);
    }
    return place;
  }

  /** The base with all that was asked for. */
  RelNode node() {
    return nodes.size() == base.getRowType().getFieldCount()
        ? base
        : RelFactories.LOGICAL_BUILDER
            .create(base.getCluster(), null)
            .push(base)
            .project(nodes)
            .build();
  }
}
