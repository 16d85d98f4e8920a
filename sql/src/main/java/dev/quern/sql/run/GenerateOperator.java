package dev.quern.sql.run;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.rel.GenerateRuntime;
import java.util.List;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;

/** Runs the GENERATE nodes of one query. */
final class GenerateOperator implements GenerateRuntime {
  private final QueryContext context;

  GenerateOperator(QueryContext context) {
    this.context = context;
  }

  @Override
  public Enumerable<Object[]> generate(List<GenerateCall> calls, Enumerable<Object[]> input) {
    List<CallRenderer> renderers =
        calls.stream().map(call -> new CallRenderer(call, context)).toList();
    return new AbstractEnumerable<>() {
      @Override
      public Enumerator<Object[]> enumerator() {
        return new GenerateRows(context, renderers, input.enumerator());
      }
    };
  }
}
