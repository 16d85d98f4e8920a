package dev.quern.sql.run;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.rel.GenerateRuntime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;

/** Runs the GENERATE nodes of one query. */
final class GenerateOperator implements GenerateRuntime, AutoCloseable {
  private final QueryContext context;
  private final Map<Integer, SharedRows> shared = new HashMap<>();

  GenerateOperator(QueryContext context) {
    this.context = context;
  }

  @Override
  public Enumerable<Object[]> generate(
      List<GenerateCall> calls, OptionalLong demand, Enumerable<Object[]> input) {
    List<CallRenderer> renderers =
        calls.stream().map(call -> new CallRenderer(call, context)).toList();
    return rows(() ->
        context.takesAllRows() && demand.isEmpty()
            ? new OrderedRows(context, renderers, input.enumerator())
            : new GenerateRows(context, renderers, demand, input.enumerator()));
  }

  @Override
  public Enumerable<Object[]> filter(
      List<Condition> conditions, int columns, OptionalLong demand, Enumerable<Object[]> input) {
    return rows(() -> new FilterRows(context, conditions, columns, demand, input.enumerator()));
  }

  @Override
  public Enumerable<Object[]> share(int number, Enumerable<Object[]> input) {
    return shared.computeIfAbsent(number, n -> new SharedRows(input, context.sortMemory()));
  }

  private static Enumerable<Object[]> rows(Supplier<Enumerator<Object[]>> start) {
    return new AbstractEnumerable<>() {
      @Override
      public Enumerator<Object[]> enumerator() {
        return start.get();
      }
    };
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    for (SharedRows rows : shared.values()) {
      try {
        rows.close();
      } catch (RuntimeException e) {
        failure = e; // the others are closed too
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
