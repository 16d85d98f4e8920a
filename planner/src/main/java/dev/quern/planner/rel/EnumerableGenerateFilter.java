package dev.quern.planner.rel;

import dev.quern.planner.cost.CallCost;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.java.JavaTypeFactory;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.QueryProvider;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexExecutable;
import org.apache.calcite.rex.RexExecutorImpl;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.schema.SchemaPlus;

/** {@link GenerateFilterRel} that runs. */
public final class EnumerableGenerateFilter extends GenerateFilterRel implements RowOperator {
  private EnumerableGenerateFilter(
      RelOptCluster cluster,
      RelTraitSet traits,
      RelNode input,
      List<Stage> stages,
      OptionalLong demand) {
    super(cluster, traits, input, stages, demand);
  }

  static EnumerableGenerateFilter of(GenerateFilterRel logical, RelNode input) {
    return new EnumerableGenerateFilter(
        logical.getCluster(),
        logical.getTraitSet().replace(EnumerableConvention.INSTANCE),
        input,
        logical.stages(),
        logical.demand());
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new EnumerableGenerateFilter(
        getCluster(), traits, inputs.getFirst(), stages(), demand());
  }

  @Override
  public Enumerable<Object[]> run(DataContext context, Enumerable<Object[]> input) {
    List<GenerateRuntime.Condition> conditions = new ArrayList<>();
    for (int i = 0; i < stages().size(); i++) {
      Stage stage = stages().get(i);
      conditions.add(
          new GenerateRuntime.Condition(
              stage.calls(),
              firstAnswer(i),
              predicate(context, stage.condition()),
              CallCost.of(stage.calls()),
              stage.selectivity()));
    }
    return GenerateRuntime.of(context)
        .filter(conditions, getRowType().getFieldCount(), demand(), input);
  }

  private Predicate<Object[]> predicate(DataContext context, RexNode condition) {
    RexExecutable code =
        RexExecutorImpl.getExecutable(
            getCluster().getRexBuilder(), List.of(condition), getRowType());
    var row = new RowContext(context);
    code.setDataContext(row);
    return values -> {
      row.values = values;
      return Boolean.TRUE.equals(Objects.requireNonNull(code.execute())[0]);
    };
  }

  /** Where the compiled condition finds its row, beside what the query's context holds. */
  private static final class RowContext implements DataContext {
    private static final String ROW = "inputRecord";

    private final DataContext query;
    private Object[] values;

    RowContext(DataContext query) {
      this.query = query;
    }

    @Override
    public Object get(String name) {
      return name.equals(ROW) ? values : query.get(name);
    }

    @Override
    public SchemaPlus getRootSchema() {
      return query.getRootSchema();
    }

    @Override
    public JavaTypeFactory getTypeFactory() {
      return query.getTypeFactory();
    }

    @Override
    public QueryProvider getQueryProvider() {
      return query.getQueryProvider();
    }
  }
}
