package dev.quern.planner.cost;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.rel.EnumerableGenerate;
import dev.quern.planner.rel.EnumerableGenerateFilter;
import dev.quern.planner.rel.ExactLimit;
import dev.quern.planner.rel.GenerateFilterRel;
import dev.quern.planner.rel.GenerateRel;
import dev.quern.planner.rel.ScanRel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.calcite.adapter.enumerable.EnumerableCalc;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexProgram;

/**
 * A plan that can run without a model: answers may be anything. Conditions on answers become {@link
 * AssumedFilter}s and expressions over answers become placeholders; scans are observed. Everything
 * else runs as it would, so that rows, guards, limits and equal prompts count as they will.
 */
public final class AssumedPlan {
  private static final double NONE = Double.NaN;

  /**
   * A generate node of the plan.
   *
   * @param guards for each call the assumed share of rows whose guard is TRUE; NaN where the row
   *     tells
   * @param scans the scans below
   */
  public record Node(EnumerableGenerate rel, double[] guards, List<ScanRel> scans) {}

  /**
   * @param answers for each column the share of rows in which it is TRUE where it hangs on an
   *     answer, NaN where it does not
   * @param thinned whether a condition on answers stands below
   */
  record Rewritten(RelNode rel, double[] answers, boolean thinned, List<ScanRel> scans) {}

  private final IdentityHashMap<RelNode, Rewritten> known = new IdentityHashMap<>();
  private final IdentityHashMap<List<GenerateCall>, Node> nodes = new IdentityHashMap<>();
  private final List<Node> order = new ArrayList<>();
  private final IdentityHashMap<RelNode, Boolean> assumed = new IdentityHashMap<>();
  private final EnumerableRel plan;

  public AssumedPlan(RelNode physical) {
    plan = (EnumerableRel) visit(physical).rel;
  }

  /** What runs instead. */
  public EnumerableRel plan() {
    return plan;
  }

  /** The generate nodes, inner ones first. */
  public List<Node> nodes() {
    return List.copyOf(order);
  }

  /** The node that runs these very calls. */
  public Node node(List<GenerateCall> calls) {
    return nodes.get(calls);
  }

  /** Whether the rows or prompts of a node hang on answers. */
  public boolean isAssumed(Node node) {
    return assumed.containsKey(node.rel);
  }

  private Rewritten visit(RelNode rel) {
    Rewritten done = known.get(rel);
    if (done == null) {
      List<Rewritten> inputs = new ArrayList<>();
      for (RelNode input : rel.getInputs()) {
        inputs.add(visit(input));
      }
      done = rewrite(rel, inputs);
      known.put(rel, done);
    }
    return done;
  }

  private Rewritten rewrite(RelNode rel, List<Rewritten> inputs) {
    return switch (rel) {
      case ScanRel scan -> new Rewritten(ObservedScan.of(scan), plain(scan), false, List.of(scan));
      case EnumerableGenerate generate -> generate(generate, inputs.getFirst());
      case EnumerableGenerateFilter filter -> filter(filter, inputs.getFirst());
      case EnumerableCalc calc -> AssumedCalc.rewrite(calc, inputs.getFirst());
      case Join join -> AssumedJoin.rewrite(join, inputs.get(0), inputs.get(1));
      default -> other(rel, inputs);
    };
  }

  private Rewritten generate(EnumerableGenerate generate, Rewritten input) {
    double[] answers = Arrays.copyOf(input.answers, generate.getRowType().getFieldCount());
    Arrays.fill(answers, input.answers.length, answers.length, Selectivity.BOOLEAN);
    double[] guards =
        generate.calls().stream()
            .mapToDouble(c -> c.guard().isPresent() ? input.answers[c.guard().getAsInt()] : NONE)
            .toArray();
    var node = new Node(generate, guards, input.scans);
    if (nodes.putIfAbsent(generate.calls(), node) == null) {
      order.add(node);
    }
    if (input.thinned
        || generate.calls().stream().anyMatch(call -> hangsOnAnswer(call, input.answers))) {
      assumed.put(generate, true);
    }
    return new Rewritten(
        generate.copy(generate.getTraitSet(), List.of(input.rel)),
        answers,
        input.thinned,
        input.scans);
  }

  private static boolean hangsOnAnswer(GenerateCall call, double[] answers) {
    return call.columns().asList().stream().anyMatch(column -> !Double.isNaN(answers[column]));
  }

  /** The conditions one after the other, in the order in which they start. */
  private Rewritten filter(EnumerableGenerateFilter filter, Rewritten input) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < filter.stages().size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble(i -> filter.stages().get(i).rank()));
    Rewritten current = input;
    int[] places = new int[filter.getRowType().getFieldCount()];
    Arrays.setAll(places, i -> i);
    for (int stage : order) {
      GenerateFilterRel.Stage asked = filter.stages().get(stage);
      int first = current.rel.getRowType().getFieldCount();
      for (int i = 0; i < asked.calls().size(); i++) {
        places[filter.firstAnswer(stage) + i] = first + i;
      }
      GenerateRel calls = GenerateRel.logical(current.rel, asked.calls(), asked.types());
      current = generate(EnumerableGenerate.of(calls, current.rel), current);
      current =
          new Rewritten(
              AssumedFilter.of(current.rel, asked.selectivity()),
              current.answers,
              true,
              current.scans);
    }
    return new Rewritten(
        inOrder(current.rel, places, filter.getRowType()),
        Arrays.stream(places).mapToDouble(place -> known(input, place)).toArray(),
        true,
        current.scans);
  }

  private static double known(Rewritten input, int column) {
    return column < input.answers.length ? input.answers[column] : Selectivity.BOOLEAN;
  }

  private static RelNode inOrder(RelNode rel, int[] places, RelDataType type) {
    List<RexNode> columns = new ArrayList<>();
    for (int place : places) {
      columns.add(new RexInputRef(place, rel.getRowType().getFieldList().get(place).getType()));
    }
    return EnumerableCalc.create(
        rel,
        RexProgram.create(rel.getRowType(), columns, null, type, rel.getCluster().getRexBuilder()));
  }

  private Rewritten other(RelNode rel, List<Rewritten> inputs) {
    RelNode copy =
        inputs.isEmpty()
            ? rel
            : rel.copy(rel.getTraitSet(), inputs.stream().map(Rewritten::rel).toList());
    boolean thinned = inputs.stream().anyMatch(Rewritten::thinned);
    if (rel instanceof ExactLimit && thinned) {
      // How many rows the limit pulls from below hangs on the conditions between.
      assumeBelow(rel);
    }
    return new Rewritten(copy, answers(rel, inputs), thinned, scans(inputs));
  }

  private void assumeBelow(RelNode rel) {
    if (rel instanceof EnumerableGenerate) {
      assumed.put(rel, true);
    }
    rel.getInputs().forEach(this::assumeBelow);
  }

  private static double[] answers(RelNode rel, List<Rewritten> inputs) {
    double[] answers = plain(rel);
    if (rel instanceof Aggregate aggregate) {
      return grouped(aggregate, inputs.getFirst().answers);
    }
    int from = 0;
    for (Rewritten input : inputs) {
      for (int i = 0; i < input.answers.length && from + i < answers.length; i++) {
        if (Double.isNaN(answers[from + i])) {
          answers[from + i] = input.answers[i];
        }
      }
      from += rel instanceof SetOp ? 0 : input.answers.length;
    }
    return answers;
  }

  private static double[] grouped(Aggregate aggregate, double[] input) {
    double[] answers = plain(aggregate);
    int column = 0;
    for (int key : aggregate.getGroupSet()) {
      answers[column++] = input[key];
    }
    for (AggregateCall call : aggregate.getAggCallList()) {
      boolean hangs =
          call.getArgList().stream().anyMatch(i -> !Double.isNaN(input[i]))
              || (call.filterArg >= 0 && !Double.isNaN(input[call.filterArg]));
      answers[column++] = hangs ? Selectivity.BOOLEAN : NONE;
    }
    return answers;
  }

  private static double[] plain(RelNode rel) {
    double[] answers = new double[rel.getRowType().getFieldCount()];
    Arrays.fill(answers, NONE);
    return answers;
  }

  static List<ScanRel> scans(List<Rewritten> inputs) {
    return inputs.stream().flatMap(input -> input.scans.stream()).toList();
  }
}
