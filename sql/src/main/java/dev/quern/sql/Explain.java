package dev.quern.sql;

import dev.quern.connectors.FileAccess;
import dev.quern.sql.Session.Compiled;
import dev.quern.sql.catalog.QuernTypes;
import dev.quern.sql.estimate.CostTable;
import dev.quern.sql.estimate.EstimateModels;
import dev.quern.sql.estimate.QueryEstimate;
import dev.quern.sql.estimate.QueryEstimator;
import dev.quern.sql.run.QueryContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlExplain;
import org.apache.calcite.sql.SqlExplainFormat;
import org.apache.calcite.sql.SqlExplainLevel;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * EXPLAIN PLAN FOR, which spends no token, and EXPLAIN ANALYZE, which runs the query. Both show the
 * plan and what it is expected to cost.
 */
final class Explain {
  private final Compiled query;
  private final QuernTypes types;
  private final QueryEstimator estimator;
  private final FileAccess files;

  Explain(
      Compiled query,
      QuernTypes types,
      SessionOptions options,
      EstimateModels models,
      FileAccess files) {
    this.query = query;
    this.files = files;
    this.types = types;
    this.estimator =
        new QueryEstimator(
            options, models, (plan, context) -> QueryCompiler.generate(plan).run(context));
  }

  Prepared plan(SqlExplain explain) {
    RelNode shown =
        explain.getDepth() == SqlExplain.Depth.LOGICAL ? query.logical() : query.physical();
    String text =
        RelOptUtil.dumpPlan("", shown, explain.getFormat(), explain.getDetailLevel())
            .stripTrailing();
    // Plans for programs stay what their format says.
    boolean people = explain.getFormat() == SqlExplainFormat.TEXT;
    return rows(context -> {
      List<String> lines = new ArrayList<>(text.lines().toList());
      if (people) {
        lines.addAll(estimated(context));
      }
      return lines;
    });
  }

  private List<String> estimated(QueryContext context) {
    try {
      return estimate(context).map(QueryEstimate::lines).orElse(List.of());
    } catch (RuntimeException e) {
      // The plan is worth seeing where its model or its data cannot be read.
      context.control().check();
      return List.of(files.shown("estimate: none: " + e.getMessage()));
    }
  }

  private Optional<QueryEstimate> estimate(QueryContext context) {
    List<Object> parameters = new ArrayList<>();
    for (int i = 0; i < query.validated().parameters().getFieldCount(); i++) {
      parameters.add(context.get("?" + i));
    }
    return estimator.estimate(query.physical(), context, parameters);
  }

  Prepared analyze() {
    Prepared.Rows prepared = query.prepared();
    String plan =
        RelOptUtil.dumpPlan(
                "", query.physical(), SqlExplainFormat.TEXT, SqlExplainLevel.EXPPLAN_ATTRIBUTES)
            .stripTrailing();
    return rows(context -> {
      Optional<QueryEstimate> estimate = estimate(context);
      context.counters().restart();
      long rows = 0;
      try (Enumerator<Object[]> result = prepared.run().apply(context)) {
        while (result.moveNext()) {
          rows++;
        }
      }
      context.counters().end();
      List<String> lines = new ArrayList<>(plan.lines().toList());
      lines.addAll(CostTable.lines(estimate, rows, context.counters().snapshot()));
      return lines;
    });
  }

  /** One row a line of the text, in one column. */
  private Prepared rows(Function<QueryContext, List<String>> text) {
    RelDataType columns =
        types.builder().add("PLAN", types.createSqlType(SqlTypeName.VARCHAR)).build();
    return new Prepared.Rows(
        columns,
        query.validated().parameters(),
        context ->
            QueryCompiler.rows(
                    text.apply(context).stream().map(line -> new Object[] {line}).toList())
                .enumerator(),
        query.tables()::close);
  }
}
