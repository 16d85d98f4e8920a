package dev.quern.sql;

import dev.quern.planner.QueryPlanner;
import dev.quern.planner.function.QuernFunctions;
import dev.quern.sql.catalog.CatalogReader;
import dev.quern.sql.catalog.QuernTypes;
import dev.quern.sql.catalog.StatementTables;
import dev.quern.sql.run.QueryContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.adapter.enumerable.EnumerableInterpretable;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.Linq4j;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.runtime.ArrayBindable;
import org.apache.calcite.runtime.Bindable;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.sql2rel.StandardConvertletTable;

/** The steps from a parsed query to one that runs. One compiler serves one statement. */
final class QueryCompiler {
  private final CatalogReader reader;
  private final QuernTypes types;
  private final QueryPlanner planner;

  QueryCompiler(StatementTables tables, QuernTypes types) {
    this.types = types;
    this.reader = CatalogReader.of(tables, types);
    this.planner = new QueryPlanner(types);
  }

  /**
   * A query whose names are resolved and whose types are known.
   *
   * @param node the query, written out in full
   * @param columns names and types of its result
   * @param parameters types of its {@code ?}
   */
  record Validated(
      SqlNode node, SqlValidator validator, RelDataType columns, RelDataType parameters) {}

  Validated validate(SqlNode query) {
    SqlValidator validator =
        SqlValidatorUtil.newValidator(
            QuernFunctions.table(),
            reader,
            types,
            SqlValidator.Config.DEFAULT
                .withConformance(Statements.CONFORMANCE)
                .withIdentifierExpansion(true));
    SqlNode node = validator.validate(query.accept(new TextParameters()));
    return new Validated(
        node, validator, validator.getValidatedNodeType(node), validator.getParameterRowType(node));
  }

  RelNode toRel(Validated query) {
    return root(query).project();
  }

  private RelRoot root(Validated query) {
    RelOptTable.ViewExpander views =
        (rowType, sql, schemaPath, viewPath) -> root(validate(Statements.parse(sql)));
    var converter =
        new SqlToRelConverter(
            views,
            query.validator(),
            reader,
            planner.cluster(),
            StandardConvertletTable.INSTANCE,
            SqlToRelConverter.config()
                .withExpand(false)
                .withInSubQueryThreshold(Integer.MAX_VALUE));
    return converter.convertQuery(query.node(), false, true);
  }

  RelNode logical(RelNode relational) {
    return planner.logical(relational);
  }

  EnumerableRel physical(RelNode logical) {
    return planner.physical(logical);
  }

  /** Code that runs a plan; rows are arrays. */
  static Code generate(EnumerableRel plan) {
    Map<String, Object> constants = new HashMap<>();
    Bindable<?> bindable =
        EnumerableInterpretable.toBindable(constants, null, plan, EnumerableRel.Prefer.ARRAY);
    return new Code(bindable, constants);
  }

  /**
   * @param constants objects that the code refers to by name
   */
  record Code(Bindable<?> bindable, Map<String, Object> constants) {
    /** Starts a run. */
    Enumerator<Object[]> run(QueryContext context) {
      try {
        return new ClosingRows(rows(context.with(constants)).enumerator(), context);
      } catch (ExceptionInInitializerError e) {
        // Constant expressions are evaluated when the generated class is loaded.
        throw new IllegalArgumentException("a constant expression has no value", e.getCause());
      }
    }

    private Enumerable<Object[]> rows(QueryContext context) {
      return bindable instanceof ArrayBindable arrays
          ? arrays.bind(context)
          : bindable.bind(context).select(value -> new Object[] {value});
    }
  }

  /** A result of given rows, for statements that no plan runs. */
  static Enumerable<Object[]> rows(List<Object[]> rows) {
    return Linq4j.asEnumerable(rows);
  }
}
