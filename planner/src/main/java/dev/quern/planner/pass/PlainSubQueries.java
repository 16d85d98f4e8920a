package dev.quern.planner.pass;

import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.tools.RelBuilder;

/**
 * Writes sub-queries in forms that Calcite's rules take apart correctly. {@code x IN (Q)} and
 * {@code x > SOME (Q)} become EXISTS where Q depends on the outer row, and for several columns: the
 * test is true where a row of Q meets the condition, unknown where none does and the condition is
 * unknown for one, false otherwise. Sub-queries in the condition of an inner join go into a filter
 * above it, and INTERSECT over an outer row is counted.
 */
final class PlainSubQueries {
  /** What of a test is asked for where it stands. */
  private enum Asked {
    /** Unknown counts as false: conditions. */
    TRUE,
    /** Unknown counts as true: conditions below NOT. */
    NOT_FALSE,
    VALUE
  }

  private PlainSubQueries() {}

  static RelNode of(RelNode root) {
    return root.accept(
        new RelHomogeneousShuttle() {
          @Override
          public RelNode visit(RelNode other) {
            return switch (super.visit(other)) {
              case Filter filter -> new Tests(filter).filter(filter);
              case Project project -> new Tests(project).project(project);
              case Join join
                  when join.getJoinType() == JoinRelType.INNER
                      && RexUtil.SubQueryFinder.find(join.getCondition()) != null -> {
                Filter filter = above(join);
                yield new Tests(filter).filter(filter);
              }
              case Intersect both when !both.all && !RelOptUtil.getVariablesUsed(both).isEmpty() ->
                  counted(both);
              case RelNode node -> node;
            };
          }
        });
  }

  private static Filter above(Join join) {
    RexBuilder rex = join.getCluster().getRexBuilder();
    Map<Boolean, List<RexNode>> conditions =
        RelOptUtil.conjunctions(join.getCondition()).stream()
            .collect(Collectors.partitioningBy(term -> RexUtil.SubQueryFinder.find(term) != null));
    RelNode plain =
        LogicalJoin.create(
            join.getLeft(),
            join.getRight(),
            join.getHints(),
            RexUtil.composeConjunction(rex, conditions.get(false)),
            Set.of(),
            JoinRelType.INNER);
    return LogicalFilter.create(
        plain,
        RexUtil.composeConjunction(rex, conditions.get(true)),
        ImmutableSet.copyOf(join.getVariablesSet()));
  }

  /** Rows that as many inputs have as there are: Calcite fails on INTERSECT of an outer row. */
  private static RelNode counted(Intersect intersect) {
    RelBuilder builder = RelFactories.LOGICAL_BUILDER.create(intersect.getCluster(), null);
    int inputs = intersect.getInputs().size();
    intersect.getInputs().forEach(input -> builder.push(input).distinct());
    builder.union(true, inputs);
    int columns = builder.fields().size();
    builder
        .aggregate(builder.groupKey(builder.fields()), builder.countStar("inputs"))
        .filter(builder.equals(builder.field(columns), builder.literal(inputs)));
    return builder
        .project(builder.fields().subList(0, columns), intersect.getRowType().getFieldNames(), true)
        .build();
  }

  /** The tests of one node. */
  private static final class Tests {
    private final RelDataType row;
    private final RexBuilder rex;
    private final CorrelationId id;
    private boolean correlated;

    Tests(RelNode node) {
      this.row = node.getInput(0).getRowType();
      this.rex = node.getCluster().getRexBuilder();
      // Sub-queries of a node name its row alike.
      Set<CorrelationId> ids = node.getVariablesSet();
      this.id = ids.isEmpty() ? node.getCluster().createCorrel() : ids.iterator().next();
    }

    RelNode filter(Filter filter) {
      RexNode condition = filter.getCondition().accept(new Rewriting(Asked.TRUE));
      return condition.equals(filter.getCondition())
          ? filter
          : LogicalFilter.create(filter.getInput(), condition, ids(filter));
    }

    RelNode project(Project project) {
      List<RexNode> projects = new Rewriting(Asked.VALUE).apply(project.getProjects());
      return projects.equals(project.getProjects())
          ? project
          : LogicalProject.create(
              project.getInput(), project.getHints(), projects, project.getRowType(), ids(project));
    }

    private ImmutableSet<CorrelationId> ids(RelNode node) {
      var ids = ImmutableSet.<CorrelationId>builder().addAll(node.getVariablesSet());
      return correlated ? ids.add(id).build() : ids.build();
    }

    private final class Rewriting extends RexShuttle {
      private final Asked asked;

      Rewriting(Asked asked) {
        this.asked = asked;
      }

      @Override
      public RexNode visitCall(RexCall call) {
        Asked below =
            switch (call.getKind()) {
              case AND, OR -> asked;
              case NOT ->
                  switch (asked) {
                    case TRUE -> Asked.NOT_FALSE;
                    case NOT_FALSE -> Asked.TRUE;
                    case VALUE -> Asked.VALUE;
                  };
              default -> Asked.VALUE;
            };
        if (below == asked) {
          return super.visitCall(call);
        }
        List<RexNode> operands = new Rewriting(below).apply(call.getOperands());
        return operands.equals(call.getOperands()) ? call : call.clone(call.getType(), operands);
      }

      @Override
      public RexNode visitSubQuery(RexSubQuery written) {
        RexSubQuery test = written.clone(of(written.rel));
        if ((test.getKind() != SqlKind.IN && test.getKind() != SqlKind.SOME)
            || test.getOperands().stream().anyMatch(o -> RexUtil.SubQueryFinder.find(o) != null)
            || (test.getOperands().size() == 1
                && RelOptUtil.getVariablesUsed(test.rel).isEmpty())) {
          return test;
        }
        correlated = true;
        return test(test);
      }

      private RexNode test(RexSubQuery test) {
        List<Term> terms = terms(test);
        RexNode met = exists(test, all(terms.stream().map(Term::met).toList()));
        List<RexNode> unknown = terms.stream().flatMap(term -> term.unknown().stream()).toList();
        if (unknown.isEmpty() || asked == Asked.TRUE) {
          return met;
        }
        RexNode notFalse = all(terms.stream().map(this::notFalse).toList());
        if (asked == Asked.NOT_FALSE) {
          return exists(test, notFalse);
        }
        RexNode open = exists(test, all(List.of(notFalse, any(unknown))));
        RelDataType type = test.getType();
        return rex.makeCall(
            type,
            SqlStdOperatorTable.CASE,
            List.of(
                met,
                rex.makeLiteral(true),
                open,
                rex.makeNullLiteral(type),
                rex.makeLiteral(false)));
      }

      private RexNode notFalse(Term term) {
        List<RexNode> ways = new ArrayList<>(term.unknown());
        ways.add(term.met());
        return any(ways);
      }

      private RexNode all(List<RexNode> conditions) {
        return RexUtil.composeConjunction(rex, conditions);
      }

      private RexNode any(List<RexNode> conditions) {
        return RexUtil.composeDisjunction(rex, conditions);
      }
    }

    /**
     * A comparison of a column of the sub-query with a value of the outer row.
     *
     * @param unknown when it is neither true nor false; empty: never
     */
    private record Term(RexNode met, List<RexNode> unknown) {}

    private List<Term> terms(RexSubQuery test) {
      SqlOperator operator =
          test.getOperator() instanceof SqlQuantifyOperator quantified
                  && test.getKind() == SqlKind.SOME
              ? RelOptUtil.op(quantified.comparisonKind, null)
              : SqlStdOperatorTable.EQUALS;
      RexNode outer = rex.makeCorrel(row, id);
      var outward =
          new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
              return rex.makeFieldAccess(outer, ref.getIndex());
            }
          };
      List<Term> terms = new ArrayList<>();
      for (int i = 0; i < test.getOperands().size(); i++) {
        RexNode value = test.getOperands().get(i).accept(outward);
        RexNode column = rex.makeInputRef(test.rel, i);
        terms.add(
            new Term(
                rex.makeCall(operator, value, column),
                Stream.of(value, column)
                    .filter(side -> side.getType().isNullable())
                    .map(side -> rex.makeCall(SqlStdOperatorTable.IS_NULL, side))
                    .toList()));
      }
      return terms;
    }

    private static RexNode exists(RexSubQuery test, RexNode condition) {
      return RexSubQuery.exists(LogicalFilter.create(test.rel, condition));
    }
  }
}
