package dev.quern.sql.estimate;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.cost.AssumedPlan;
import dev.quern.planner.cost.PromptSketch;
import dev.quern.planner.cost.ScanObserver;
import dev.quern.planner.rel.GenerateRuntime;
import dev.quern.planner.rel.ScanRel;
import dev.quern.planner.rel.ScanTable;
import dev.quern.sql.run.CallPrompts.Asked;
import dev.quern.sql.run.QueryContext;
import dev.quern.sql.run.SharedRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;

/** One run of a plan without a model: counts rows, and keeps a sample of the prompts. */
final class EstimateRun implements GenerateRuntime, ScanObserver, AutoCloseable {
  private static final long SHARED_BYTES = 32L << 20;

  /** Distinct prompts kept: up to here figures are exact. */
  private static final int MOST_PROMPTS = 20_000;

  /** How far a scan has come. */
  private static final class Progress {
    private long read;
    private boolean ended;
  }

  private final AssumedPlan plan;
  private final boolean texts;
  private final IdentityHashMap<AssumedPlan.Node, NodeRun> runs = new IdentityHashMap<>();
  private final List<NodeRun> order = new ArrayList<>();
  private final IdentityHashMap<ScanRel, Progress> scans = new IdentityHashMap<>();
  private final PromptSketch<Asked> prompts = new PromptSketch<>(MOST_PROMPTS);
  private final Map<Integer, SharedRows> shared = new HashMap<>();
  private int calls;

  EstimateRun(AssumedPlan plan) {
    this.plan = plan;
    this.texts = plan.nodes().stream().anyMatch(plan::isAssumed);
    for (AssumedPlan.Node node : plan.nodes()) {
      var run = new NodeRun(node, calls, texts, prompts);
      runs.put(node, run);
      order.add(run);
      calls += node.rel().calls().size();
    }
  }

  /** Gives the run's context to what renders prompts. */
  void start(QueryContext context) {
    order.forEach(run -> run.start(context));
  }

  /** The nodes, inner ones first. */
  List<NodeRun> nodes() {
    return order;
  }

  int calls() {
    return calls;
  }

  PromptSketch<Asked> prompts() {
    return prompts;
  }

  /** Times the rows read that a node will have, if the rest of its scans is like what was read. */
  double factor(NodeRun run) {
    double factor = 1;
    for (ScanRel scan : run.node().scans()) {
      Progress progress = scans.get(scan);
      long total = scan.getTable().unwrapOrThrow(ScanTable.class).rowCount().orElse(0);
      if (progress != null && !progress.ended && progress.read > 0) {
        factor = Math.max(factor, total / (double) progress.read);
      }
    }
    return factor;
  }

  @Override
  public Enumerable<Object[]> filter(
      List<Condition> conditions, int columns, OptionalLong demand, Enumerable<Object[]> input) {
    throw new IllegalStateException("conditions on answers are assumed: " + conditions);
  }

  @Override
  public Enumerable<Object[]> share(int number, Enumerable<Object[]> input) {
    return shared.computeIfAbsent(number, n -> new SharedRows(input, SHARED_BYTES));
  }

  @Override
  public void close() {
    shared.values().forEach(SharedRows::close);
  }

  @Override
  public Enumerable<Object[]> generate(
      List<GenerateCall> calls, OptionalLong demand, Enumerable<Object[]> input) {
    NodeRun run = runs.get(plan.node(calls));
    return new AbstractEnumerable<>() {
      @Override
      public Enumerator<Object[]> enumerator() {
        return new Rows(run.windows(input.enumerator())) {
          @Override
          Object[] seen(Object[] row) {
            return run.row(row);
          }
        };
      }
    };
  }

  @Override
  public Enumerable<Object[]> observe(ScanRel scan, Enumerable<Object[]> rows) {
    Progress progress = scans.computeIfAbsent(scan, s -> new Progress());
    return new AbstractEnumerable<>() {
      @Override
      public Enumerator<Object[]> enumerator() {
        return new Rows(rows.enumerator()) {
          @Override
          Object[] seen(Object[] row) {
            progress.read++;
            return row;
          }

          @Override
          void end() {
            progress.ended = true;
          }
        };
      }
    };
  }

  /** Rows that are looked at as they pass. */
  private abstract static class Rows implements Enumerator<Object[]> {
    private final Enumerator<Object[]> input;
    private Object[] current;

    Rows(Enumerator<Object[]> input) {
      this.input = input;
    }

    abstract Object[] seen(Object[] row);

    void end() {}

    @Override
    public boolean moveNext() {
      if (!input.moveNext()) {
        end();
        return false;
      }
      current = seen(input.current());
      return true;
    }

    @Override
    public Object[] current() {
      return current;
    }

    @Override
    public void reset() {
      throw new UnsupportedOperationException("rows pass once");
    }

    @Override
    public void close() {
      input.close();
    }
  }
}
