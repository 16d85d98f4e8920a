package dev.quern.sql;

import dev.quern.sql.Session.Compiled;
import dev.quern.sql.catalog.QuernTypes;
import dev.quern.sql.run.QueryContext;
import dev.quern.sql.run.QueryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlExplain;
import org.apache.calcite.sql.SqlExplainFormat;
import org.apache.calcite.sql.SqlExplainLevel;
import org.apache.calcite.sql.type.SqlTypeName;

/** EXPLAIN PLAN FOR, which spends no token, and EXPLAIN ANALYZE, which runs the query. */
final class Explain {
  private Explain() {}

  static Prepared plan(Compiled query, SqlExplain explain, QuernTypes types) {
    RelNode shown =
        explain.getDepth() == SqlExplain.Depth.LOGICAL ? query.logical() : query.physical();
    String text =
        RelOptUtil.dumpPlan("", shown, explain.getFormat(), explain.getDetailLevel())
            .stripTrailing();
    return rows(query, types, context -> text);
  }

  static Prepared analyze(Compiled query, QuernTypes types) {
    Prepared.Rows prepared = query.prepared();
    String plan =
        RelOptUtil.dumpPlan(
                "", query.physical(), SqlExplainFormat.TEXT, SqlExplainLevel.EXPPLAN_ATTRIBUTES)
            .stripTrailing();
    return rows(
        query,
        types,
        context -> {
          long rows = 0;
          try (Enumerator<Object[]> result = prepared.run().apply(context)) {
            while (result.moveNext()) {
              rows++;
            }
          }
          context.counters().end();
          return plan + "\n" + measured(rows, context.counters().snapshot());
        });
  }

  private static String measured(long rows, QueryStatistics s) {
    return String.format(
        Locale.ROOT,
        "measured: %d rows, %d rows through GENERATE, %d distinct prompts, %d engine calls,"
            + " %d prompt tokens (%d cached, %d computed), %d completion tokens, %.3f seconds",
        rows,
        s.engineCalls() == 0 ? 0 : s.rows(),
        s.distinctPrompts(),
        s.engineCalls(),
        s.promptTokens(),
        s.cachedPromptTokens(),
        s.computedPromptTokens(),
        s.completionTokens(),
        s.seconds());
  }

  /** One row a line of the text, in one column. */
  private static Prepared rows(
      Compiled query, QuernTypes types, Function<QueryContext, String> text) {
    RelDataType columns =
        types.builder().add("PLAN", types.createSqlType(SqlTypeName.VARCHAR)).build();
    return new Prepared.Rows(
        columns,
        query.validated().parameters(),
        context -> {
          List<Object[]> lines =
              text.apply(context).lines().map(line -> new Object[] {line}).toList();
          return QueryCompiler.rows(lines).enumerator();
        },
        query.tables()::close);
  }
}
