package dev.quern.sql.differential;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableInterpretable;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRules;
import org.apache.calcite.adapter.java.JavaTypeFactory;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.QueryProvider;
import org.apache.calcite.plan.ConventionTraitDef;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.metadata.DefaultRelMetadataProvider;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.runtime.ArrayBindable;
import org.apache.calcite.runtime.Bindable;
import org.apache.calcite.schema.SchemaPlus;
import org.apache.calcite.schema.impl.ScalarFunctionImpl;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.tools.FrameworkConfig;
import org.apache.calcite.tools.Frameworks;
import org.apache.calcite.tools.Planner;
import org.apache.calcite.tools.Program;
import org.apache.calcite.tools.Programs;
import org.apache.calcite.tools.RelConversionException;
import org.apache.calcite.tools.ValidationException;

/**
 * Plain Calcite over rows in memory: no line of ours between the text and the rows. It optimises
 * nothing: filters stay where they are written, correlated sub-queries run once an outer row.
 */
final class Reference {
  private static final List<RelOptRule> RULES =
      List.of(
          EnumerableRules.ENUMERABLE_TABLE_SCAN_RULE,
          EnumerableRules.ENUMERABLE_PROJECT_RULE,
          EnumerableRules.ENUMERABLE_FILTER_RULE,
          EnumerableRules.ENUMERABLE_JOIN_RULE,
          EnumerableRules.ENUMERABLE_CORRELATE_RULE,
          EnumerableRules.ENUMERABLE_AGGREGATE_RULE,
          EnumerableRules.ENUMERABLE_SORT_RULE,
          EnumerableRules.ENUMERABLE_LIMIT_RULE,
          EnumerableRules.ENUMERABLE_UNION_RULE,
          EnumerableRules.ENUMERABLE_INTERSECT_RULE,
          EnumerableRules.ENUMERABLE_MINUS_RULE,
          EnumerableRules.ENUMERABLE_VALUES_RULE,
          CoreRules.AGGREGATE_EXPAND_DISTINCT_AGGREGATES);

  private final SchemaPlus schema = CalciteSchema.createRootSchema(false).plus();
  private final FrameworkConfig config;

  Reference() {
    TestTable.ALL.forEach(table -> schema.add(table.name(), new MemoryTable(table)));
    ReferenceFunctions.NAMES.forEach(
        name -> schema.add(name[0], ScalarFunctionImpl.create(ReferenceFunctions.class, name[1])));
    config =
        Frameworks.newConfigBuilder()
            .defaultSchema(schema)
            .typeSystem(new ReferenceTypes())
            .parserConfig(
                SqlParser.config()
                    .withQuoting(Quoting.DOUBLE_QUOTE)
                    .withUnquotedCasing(Casing.UNCHANGED)
                    .withQuotedCasing(Casing.UNCHANGED)
                    .withConformance(SqlConformanceEnum.LENIENT))
            .sqlValidatorConfig(
                SqlValidator.Config.DEFAULT
                    .withConformance(SqlConformanceEnum.LENIENT)
                    .withIdentifierExpansion(true))
            .traitDefs(ConventionTraitDef.INSTANCE)
            .programs(
                Programs.sequence(subQueries(), Programs.ofRules(RULES), Programs.CALC_PROGRAM))
            .build();
  }

  private static Program subQueries() {
    return Programs.hep(
        List.of(
            CoreRules.FILTER_SUB_QUERY_TO_CORRELATE,
            CoreRules.PROJECT_SUB_QUERY_TO_CORRELATE,
            CoreRules.JOIN_SUB_QUERY_TO_CORRELATE),
        true,
        DefaultRelMetadataProvider.INSTANCE);
  }

  Outcome run(String sql) {
    try (Planner planner = Frameworks.getPlanner(config)) {
      SqlNode parsed = planner.parse(sql);
      SqlNode valid = planner.validate(parsed);
      RelNode logical = planner.rel(valid).project();
      RelTraitSet traits = logical.getTraitSet().replace(EnumerableConvention.INSTANCE);
      var physical = (EnumerableRel) planner.transform(0, traits, logical);
      return run(physical, (JavaTypeFactory) planner.getTypeFactory());
    } catch (SqlParseException | ValidationException | RelConversionException e) {
      return new Outcome.Failed(e);
    } catch (RuntimeException | Error e) {
      // What Calcite cannot run without the rewrites that are not wanted here.
      return new Outcome.Refused("reference: " + e.getClass().getSimpleName());
    }
  }

  private Outcome run(EnumerableRel plan, JavaTypeFactory types) {
    Map<String, Object> constants = new HashMap<>();
    Bindable<?> code =
        EnumerableInterpretable.toBindable(constants, null, plan, EnumerableRel.Prefer.ARRAY);
    var context = new Context(schema, types, constants);
    Enumerable<Object[]> rows =
        code instanceof ArrayBindable arrays
            ? arrays.bind(context)
            : code.bind(context).select(value -> new Object[] {value});
    try (var enumerator = rows.enumerator()) {
      return Outcome.Rows.of(enumerator);
    }
  }

  private record Context(SchemaPlus schema, JavaTypeFactory types, Map<String, Object> values)
      implements DataContext {
    @Override
    public SchemaPlus getRootSchema() {
      return schema;
    }

    @Override
    public JavaTypeFactory getTypeFactory() {
      return types;
    }

    @Override
    public QueryProvider getQueryProvider() {
      throw new UnsupportedOperationException("tables are scanned, not queried");
    }

    @Override
    public Object get(String name) {
      return values.get(name);
    }
  }
}
