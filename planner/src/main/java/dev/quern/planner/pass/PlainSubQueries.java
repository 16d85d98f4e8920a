package dev.quern.planner.pass;

import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.calcite.plan.RelOptUtil;
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
import org.apache.calcite.rex.RexOver;
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
    return BottomUp.rewrite(root, PlainSubQueries::ofNode);
  }

  private static RelNode ofNode(RelNode node) {
    return switch (node) {
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
      default -> node;
    };
  }

  private static boolean hasTestInWindow(RexNode node) {
    boolean[] found = {false};
    node.accept(
        new RexShuttle() {
          @Override
          public RexNode visitOver(RexOver over) {
            found[0] |= RexUtil.SubQueryFinder.find(over) != null;
            return over;
          }
        });
    return found[0];
  }

  /** Windows and sub-queries are of the outer rows. */
  private static boolean staysOutside(RexNode operand) {
    return RexOver.containsOver(operand) || RexUtil.SubQueryFinder.find(operand) != null;
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
      if (project.getProjects().stream().anyMatch(PlainSubQueries::hasTestInWindow)) {
        return project; // Calcite finds the same test inside and outside by its text
      }
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
            || test.getOperands().stream().anyMatch(PlainSubQueries::staysOutside)
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
        if (asked == Asked.TRUE || terms.stream().allMatch(Term::known)) {
          return met;
        }
        boolean split =
            terms.size() == 1
                && RelOptUtil.getVariablesUsed(test.rel).equals(Set.of(id))
                && OuterKeys.joinByEquality(test.rel);
        if (asked == Asked.NOT_FALSE) {
          return split
              ? any(List.of(met, open(test, terms.getFirst())))
              : exists(test, all(terms.stream().map(this::notFalse).toList()));
        }
        RexNode open = split ? open(test, terms.getFirst()) : open(test, terms);
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

      /**
       * Whether a comparison is unknown for some row. The outer value stays out of the sub-queries:
       * they then join by Q's own keys. Otherwise the outer rows are part of the plan once more.
       */
      private RexNode open(RexSubQuery test, Term term) {
        List<RexNode> ways = new ArrayList<>();
        if (term.column().getType().isNullable()) {
          ways.add(exists(test, rex.makeCall(SqlStdOperatorTable.IS_NULL, term.column())));
        }
        if (term.written().getType().isNullable()) {
          ways.add(
              all(
                  List.of(
                      rex.makeCall(SqlStdOperatorTable.IS_NULL, term.written()),
                      RexSubQuery.exists(test.rel))));
        }
        return any(ways);
      }

      /** Whether a row has no column that differs, and one whose comparison is unknown. */
      private RexNode open(RexSubQuery test, List<Term> terms) {
        return exists(
            test,
            all(
                List.of(
                    all(terms.stream().map(this::notFalse).toList()),
                    any(terms.stream().flatMap(this::unknown).toList()))));
      }

      private Stream<RexNode> unknown(Term term) {
        return Stream.of(term.value(), term.column())
            .filter(side -> side.getType().isNullable())
            .map(side -> rex.makeCall(SqlStdOperatorTable.IS_NULL, side));
      }

      private RexNode notFalse(Term term) {
        return any(Stream.concat(unknown(term), Stream.of(term.met())).toList());
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
     * @param written the value as it stands in the outer row's node
     * @param value the same inside the sub-query
     */
    private record Term(RexNode met, RexNode written, RexNode value, RexNode column) {
      boolean known() {
        return !written.getType().isNullable() && !column.getType().isNullable();
      }
    }

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
        RexNode written = test.getOperands().get(i);
        RexNode value = written.accept(outward);
        RexNode column = rex.makeInputRef(test.rel, i);
        terms.add(new Term(rex.makeCall(operator, value, column), written, value, column));
      }
      return terms;
    }

    private static RexNode exists(RexSubQuery test, RexNode condition) {
      return RexSubQuery.exists(LogicalFilter.create(test.rel, condition));
    }
  }
}
