package dev.quern.sql.estimate;

import dev.quern.planner.PromptTerm;
import dev.quern.planner.cost.AssumedPlan;
import dev.quern.planner.cost.PromptSketch;
import dev.quern.sql.run.CallPrompts;
import dev.quern.sql.run.CallPrompts.Asked;
import dev.quern.sql.run.QueryContext;
import dev.quern.sql.run.WindowedRows;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;

/** A generate node in a run without a model. */
final class NodeRun {
  private final AssumedPlan.Node node;
  private final int firstCall;
  private final boolean texts;
  private final PromptSketch<Asked> sketch;
  private final double[] due;
  private List<CallPrompts> prompts = List.of();
  private QueryContext context;
  private long rows;

  /**
   * @param firstCall index of its first call among all of the plan
   * @param texts whether answers need a length
   */
  NodeRun(AssumedPlan.Node node, int firstCall, boolean texts, PromptSketch<Asked> sketch) {
    this.node = node;
    this.firstCall = firstCall;
    this.texts = texts;
    this.sketch = sketch;
    this.due = new double[node.guards().length];
    Arrays.fill(due, 0.5);
  }

  void start(QueryContext run) {
    context = run;
    prompts = node.rel().calls().stream().map(call -> new CallPrompts(call, run)).toList();
  }

  AssumedPlan.Node node() {
    return node;
  }

  int firstCall() {
    return firstCall;
  }

  List<CallPrompts> prompts() {
    return prompts;
  }

  /** Rows that came. */
  long rows() {
    return rows;
  }

  /** Takes the rows of a window before each of them. */
  void window(List<Object[]> window) {
    prompts.forEach(call -> call.window(window));
  }

  /** The rows as they come by, in windows where a prompt's form hangs on them. */
  Enumerator<Object[]> windows(Enumerator<Object[]> input) {
    boolean plain =
        node.rel().calls().stream()
            .flatMap(call -> call.prompt().stream())
            .noneMatch(PromptTerm.Fields.class::isInstance);
    return plain
        ? input
        : new WindowedRows(
            context.options(), node.rel().demand(), prompts.size(), input, this::window);
  }

  /** Takes a row; gives it with a placeholder for each answer. */
  Object[] row(Object[] input) {
    context.control().check();
    Object[] row = Arrays.copyOf(input, input.length + prompts.size());
    for (int i = 0; i < prompts.size(); i++) {
      CallPrompts call = prompts.get(i);
      Optional<Asked> asked = wanted(i, input) ? call.prompt(input) : Optional.empty();
      if (asked.isPresent()) {
        long hash = asked.get().hash();
        sketch.add(hash, firstCall + i, rows, asked::get);
        RelDataType type = node.rel().getRowType().getFieldList().get(input.length + i).getType();
        row[input.length + i] = Placeholders.of(type, hash, texts ? call.maxTokens() : 1);
      }
    }
    rows++;
    return row;
  }

  private boolean wanted(int call, Object[] row) {
    double share = node.guards()[call];
    if (Double.isNaN(share)) {
      return prompts.get(call).wanted(row);
    }
    due[call] += share;
    boolean wanted = due[call] >= 1;
    due[call] -= wanted ? 1 : 0;
    return wanted;
  }
}
