package dev.quern.sql;

import dev.quern.planner.rel.GenerateFilterRel;
import dev.quern.planner.rel.GenerateRel;
import dev.quern.planner.rel.ScanRel;
import dev.quern.planner.rel.ScanTable;
import dev.quern.planner.rel.SharedRel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;

/** How many rows a plan will put through GENERATE, where that is certain before it runs. */
final class RowTotals {
  private RowTotals() {}

  static OptionalLong of(RelNode logical) {
    List<OptionalLong> totals = new ArrayList<>();
    collect(logical, totals, new HashSet<>());
    if (totals.isEmpty() || totals.stream().anyMatch(OptionalLong::isEmpty)) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(totals.stream().mapToLong(OptionalLong::getAsLong).sum());
  }

  private static void collect(RelNode node, List<OptionalLong> totals, Set<Integer> shared) {
    if (node instanceof SharedRel rows && !shared.add(rows.number())) {
      return;
    }
    switch (node) {
      case GenerateRel calls when calls.demand().isPresent() -> totals.add(OptionalLong.empty());
      case GenerateFilterRel calls when calls.demand().isPresent() ->
          totals.add(OptionalLong.empty());
      case GenerateRel calls -> totals.add(rows(calls.getInput()));
      case GenerateFilterRel calls -> totals.add(rows(calls.getInput()));
      default -> {}
    }
    node.getInputs().forEach(input -> collect(input, totals, shared));
  }

  private static OptionalLong rows(RelNode node) {
    return switch (node) {
      case Project project -> rows(project.getInput());
      case GenerateRel generate -> rows(generate.getInput());
      case ScanRel scan -> scan.getTable().unwrapOrThrow(ScanTable.class).rowCount();
      case Values values -> OptionalLong.of(values.getTuples().size());
      case Sort sort -> limited(sort);
      default -> OptionalLong.empty();
    };
  }

  private static OptionalLong limited(Sort sort) {
    OptionalLong input = rows(sort.getInput());
    OptionalLong skip = number(sort.offset, 0);
    OptionalLong take = number(sort.fetch, Long.MAX_VALUE);
    return input.isEmpty() || skip.isEmpty() || take.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            Math.min(Math.max(0, input.getAsLong() - skip.getAsLong()), take.getAsLong()));
  }

  private static OptionalLong number(RexNode node, long absent) {
    return switch (node) {
      case null -> OptionalLong.of(absent);
      case RexLiteral literal -> OptionalLong.of(literal.getValueAs(Long.class));
      default -> OptionalLong.empty();
    };
  }
}
