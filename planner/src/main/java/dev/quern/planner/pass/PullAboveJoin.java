package dev.quern.planner.pass;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.rel.GenerateFilterRel;
import dev.quern.planner.rel.GenerateFilterRel.Stage;
import dev.quern.planner.rel.GenerateRel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.tools.RelBuilder;

/**
 * Calls, and conditions on their answers, on one side of an inner join run above it where the other
 * side has fewer rows: only rows that find a partner ask. It never asks more: a row that is there
 * several times after the join has one prompt, and equal prompts run once. The case and the gain
 * are those of Snowflake's AISQL ("Cortex AISQL: A Production SQL Engine for Unstructured Data",
 * 2025).
 */
public final class PullAboveJoin implements Pass {
  @Override
  public RelNode apply(RelNode root) {
    List<RelNode> inputs = root.getInputs().stream().map(this::apply).toList();
    RelNode node = inputs.equals(root.getInputs()) ? root : root.copy(root.getTraitSet(), inputs);
    // Without keys that must be equal a join multiplies rows rather than drops them.
    if (!(node instanceof Join join)
        || join.getJoinType() != JoinRelType.INNER
        || join.analyzeCondition().leftKeys.isEmpty()) {
      return node;
    }
    RelMetadataQuery metadata = node.getCluster().getMetadataQuery();
    Chain left = Chain.of(join.getLeft());
    if (left.pays(metadata, join.getRight()) && left.carries(leftKeys(join))) {
      return apply(new Pulled(join, left, true).node());
    }
    Chain right = Chain.of(join.getRight());
    if (right.pays(metadata, join.getLeft()) && right.carries(rightKeys(join))) {
      return apply(new Pulled(join, right, false).node());
    }
    return node;
  }

  private static List<Integer> leftKeys(Join join) {
    int columns = join.getLeft().getRowType().getFieldCount();
    return refs(join).stream().filter(ref -> ref < columns).toList();
  }

  private static List<Integer> rightKeys(Join join) {
    int columns = join.getLeft().getRowType().getFieldCount();
    return refs(join).stream().filter(ref -> ref >= columns).map(ref -> ref - columns).toList();
  }

  private static List<Integer> refs(Join join) {
    return RelOptUtil.InputFinder.bits(join.getCondition()).asList();
  }

  /**
   * The nodes from a side of the join down to the lowest calls.
   *
   * @param nodes uppermost first; empty: there are no calls
   * @param below what stays below the join
   */
  private record Chain(List<RelNode> nodes, RelNode below) {
    static Chain of(RelNode side) {
      List<RelNode> open = new ArrayList<>();
      List<RelNode> taken = List.of();
      RelNode below = side;
      RelNode node = side;
      while (isRowByRow(node)) {
        open.add(node);
        boolean calls = node instanceof GenerateRel || node instanceof GenerateFilterRel;
        node = node.getInput(0);
        if (calls) {
          taken = List.copyOf(open);
          below = node;
        }
      }
      return new Chain(taken, below);
    }

    /** Whether the node gives a row the same values whatever other rows there are, and twice. */
    private static boolean isRowByRow(RelNode node) {
      return switch (node) {
        case Project project ->
            !project.containsOver()
                && project.getProjects().stream().allMatch(StableRows::isStable);
        case Filter filter -> StableRows.isStable(filter.getCondition());
        case GenerateRel generate -> true;
        case GenerateFilterRel filter -> true;
        default -> false;
      };
    }

    boolean pays(RelMetadataQuery metadata, RelNode other) {
      return !nodes.isEmpty() && metadata.getRowCount(other) < metadata.getRowCount(below);
    }

    /** Whether these columns of the side are columns of what stays below. */
    boolean carries(List<Integer> columns) {
      return columns.stream().allMatch(column -> down(column) >= 0);
    }

    /** The column below that a column of the side is; -1 where it is computed on the way. */
    int down(int column) {
      int at = column;
      for (RelNode node : nodes) {
        if (node instanceof Project project) {
          at = project.getProjects().get(at) instanceof RexInputRef ref ? ref.getIndex() : -1;
        } else if (!(node instanceof Filter)
            && at >= node.getInput(0).getRowType().getFieldCount()) {
          at = -1;
        }
        if (at < 0) {
          return -1;
        }
      }
      return at;
    }
  }

  /** Builds the join without the chain, and the chain on top of it. */
  private static final class Pulled {
    private final Join join;
    private final Chain chain;
    private final boolean left;
    private final int leftColumns;
    private final int below;
    private RelNode top;
    private int[] places;

    Pulled(Join join, Chain chain, boolean left) {
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
}
