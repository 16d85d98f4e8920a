package dev.quern.planner.rel;

import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRules;
import org.apache.calcite.adapter.enumerable.EnumerableSort;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.convert.ConverterRule;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rel.rules.CoreRules;

/** The rules that make a logical plan runnable. */
public final class PhysicalRules {
  private PhysicalRules() {}

  /** Rules for the cost-based planner. */
  public static List<RelOptRule> all() {
    return List.of(
        rule(ScanRel.class, "Scan", rel -> ((ScanRel) rel).enumerable()),
        rule(GenerateRel.class, "Generate", PhysicalRules::generate),
        rule(GenerateFilterRel.class, "GenerateFilter", PhysicalRules::generateFilter),
        rule(SharedRel.class, "Shared", PhysicalRules::shared),
        rule(LogicalSort.class, "Sort", PhysicalRules::sort),
        EnumerableRules.ENUMERABLE_JOIN_RULE,
        EnumerableRules.ENUMERABLE_CORRELATE_RULE,
        EnumerableRules.ENUMERABLE_PROJECT_RULE,
        EnumerableRules.ENUMERABLE_FILTER_RULE,
        EnumerableRules.ENUMERABLE_AGGREGATE_RULE,
        EnumerableRules.ENUMERABLE_UNION_RULE,
        EnumerableRules.ENUMERABLE_INTERSECT_RULE,
        EnumerableRules.ENUMERABLE_MINUS_RULE,
        EnumerableRules.ENUMERABLE_VALUES_RULE,
        EnumerableRules.ENUMERABLE_WINDOW_RULE,
        EnumerableRules.ENUMERABLE_UNCOLLECT_RULE,
        EnumerableRules.ENUMERABLE_COLLECT_RULE,
        EnumerableRules.ENUMERABLE_REPEAT_UNION_RULE,
        EnumerableRules.ENUMERABLE_TABLE_SPOOL_RULE,
        EnumerableRules.ENUMERABLE_TABLE_FUNCTION_SCAN_RULE,
        CoreRules.PROJECT_TO_LOGICAL_PROJECT_AND_WINDOW,
        CoreRules.AGGREGATE_EXPAND_DISTINCT_AGGREGATES,
        CoreRules.AGGREGATE_REDUCE_FUNCTIONS);
  }

  private static RelNode generate(RelNode rel) {
    GenerateRel generate = (GenerateRel) rel;
    return EnumerableGenerate.of(generate, enumerable(generate.getInput()));
  }

  private static RelNode generateFilter(RelNode rel) {
    GenerateFilterRel filter = (GenerateFilterRel) rel;
    return EnumerableGenerateFilter.of(filter, enumerable(filter.getInput()));
  }

  private static RelNode shared(RelNode rel) {
    SharedRel shared = (SharedRel) rel;
    return EnumerableShared.of(shared, enumerable(shared.getInput()));
  }

  /** A sort, a limit, or a limit on top of a sort. */
  private static RelNode sort(RelNode rel) {
    Sort sort = (Sort) rel;
    RelNode input = enumerable(sort.getInput());
    if (!sort.getCollation().getFieldCollations().isEmpty()) {
      input = EnumerableSort.create(input, sort.getCollation(), null, null);
    }
    return sort.offset == null && sort.fetch == null
        ? input
        : ExactLimit.of(input, sort.offset, sort.fetch);
  }

  private static RelNode enumerable(RelNode rel) {
    return RelOptRule.convert(rel, rel.getTraitSet().replace(EnumerableConvention.INSTANCE));
  }

  private static RelOptRule rule(
      Class<? extends RelNode> type, String name, UnaryOperator<RelNode> convert) {
    return ConverterRule.Config.INSTANCE
        .withConversion(type, Convention.NONE, EnumerableConvention.INSTANCE, "Quern" + name)
        .withRuleFactory(config ->
            new ConverterRule(config) {
              @Override
              public RelNode convert(RelNode rel) {
                return convert.apply(rel);
              }
            })
        .toRule();
  }
}
