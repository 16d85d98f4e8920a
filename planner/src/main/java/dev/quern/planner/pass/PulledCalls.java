package dev.quern.planner.pass;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.rel.GenerateFilterRel;
import dev.quern.planner.rel.GenerateFilterRel.Stage;
import dev.quern.planner.rel.GenerateRel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.tools.RelBuilder;

/** Builds the join without the chain, and the chain on top of it. */
final class PulledCalls {
  private final Join join;
  private final CallChain chain;
  private final boolean left;
  private final int leftColumns;
  private final int below;
  private RelNode top;
  private int[] places;

  PulledCalls(Join join, CallChain chain, boolean left) {
    this.join = join;
    this.chain = chain;
    this.left = left;
    this.leftColumns = join.getLeft().getRowType().getFieldCount();
    this.below = chain.below().getRowType().getFieldCount();
  }

  RelNode node() {
    RexNode condition = moved(join.getCondition(), this::joinColumn);
    top =
        left
            ? join.copy(
                join.getTraitSet(),
                condition,
                chain.below(),
                join.getRight(),
                JoinRelType.INNER,
                false)
            : join.copy(
                join.getTraitSet(),
                condition,
                join.getLeft(),
                chain.below(),
                JoinRelType.INNER,
                false);
    places = new int[below];
    for (int i = 0; i < below; i++) {
      places[i] = left ? i : leftColumns + i;
    }
    chain.nodes().reversed().forEach(this::add);
    List<RexNode> columns = new ArrayList<>();
    RelBuilder builder = builder().push(top);
    for (int i = 0; i < join.getRowType().getFieldCount(); i++) {
      columns.add(builder.field(resultColumn(i)));
    }
    return builder.project(columns, join.getRowType().getFieldNames(), true).build();
  }

  /** Where a column of the old join stands in the new one. */
  private int joinColumn(int column) {
    if (left) {
      return column < leftColumns ? chain.down(column) : column - leftColumns + below;
    }
    return column < leftColumns ? column : leftColumns + chain.down(column - leftColumns);
  }

  /** Where a column of the old join stands in the finished tree. */
  private int resultColumn(int column) {
    if (left) {
      return column < leftColumns ? places[column] : column - leftColumns + below;
    }
    return column < leftColumns ? column : places[column - leftColumns];
  }

  private void add(RelNode node) {
    int width = top.getRowType().getFieldCount();
    switch (node) {
      case Filter filter ->
          top = builder().push(top).filter(moved(filter.getCondition(), this::place)).build();
      case GenerateRel generate -> {
        top = GenerateRel.logical(top, moved(generate.calls()), generate.types());
        append(width, generate.calls().size());
      }
      case GenerateFilterRel filter -> {
        int own = filter.inputColumns();
        IntUnaryOperator column = i -> i < own ? place(i) : i - own + width;
        List<Stage> stages =
            filter.stages().stream()
                .map(s -> new Stage(moved(s.calls()), s.types(), moved(s.condition(), column)))
                .toList();
        top = GenerateFilterRel.logical(top, stages);
        append(width, top.getRowType().getFieldCount() - width);
      }
      case Project project -> project(project, width);
      default -> throw new IllegalStateException("no chain holds " + node);
    }
  }

  /** Computed columns go behind all others; columns of the input keep their places. */
  private void project(Project project, int width) {
    RelBuilder builder = builder().push(top);
    List<RexNode> all = new ArrayList<>(builder.fields());
    int[] next = new int[project.getProjects().size()];
    for (int i = 0; i < next.length; i++) {
      RexNode expression = project.getProjects().get(i);
      if (expression instanceof RexInputRef ref) {
        next[i] = place(ref.getIndex());
      } else {
        next[i] = all.size();
        all.add(moved(expression, this::place));
      }
    }
    top = all.size() == width ? top : builder.project(all).build();
    places = next;
  }

  private void append(int first, int count) {
    int[] next = java.util.Arrays.copyOf(places, places.length + count);
    for (int i = 0; i < count; i++) {
      next[places.length + i] = first + i;
    }
    places = next;
  }

  private int place(int column) {
    return places[column];
  }

  private List<GenerateCall> moved(List<GenerateCall> calls) {
    return calls.stream().map(call -> call.withColumns(this::place)).toList();
  }

  private static RexNode moved(RexNode node, IntUnaryOperator place) {
    return node.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef ref) {
            return new RexInputRef(place.applyAsInt(ref.getIndex()), ref.getType());
          }
        });
  }

  private RelBuilder builder() {
    return RelFactories.LOGICAL_BUILDER.create(join.getCluster(), null);
  }
}
