package dev.quern.sql.estimate;

import dev.quern.executor.bench.StepRates;
import dev.quern.executor.engine.PromptTokens;
import dev.quern.planner.QueryException.State;
import dev.quern.planner.cost.AssumedPlan;
import dev.quern.planner.cost.CallEstimate;
import dev.quern.planner.cost.PromptSketch;
import dev.quern.planner.cost.ScanObserver;
import dev.quern.planner.cost.SharedPrompts;
import dev.quern.planner.cost.SharedPrompts.Sampled;
import dev.quern.planner.cost.SharedPrompts.Tokens;
import dev.quern.planner.rel.GenerateRuntime;
import dev.quern.sql.SessionOptions;
import dev.quern.sql.run.CallPrompts;
import dev.quern.sql.run.CallPrompts.Asked;
import dev.quern.sql.run.QueryContext;
import dev.quern.sql.run.QueryControl;
import dev.quern.sql.run.RunCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.RelNode;

/**
 * Tells what a physical plan will cost: runs it with {@link AssumedPlan}'s assumptions for the
 * answers, renders the prompts with the code that runs them, and counts their tokens. Spends no
 * token of a model.
 */
public final class QueryEstimator {
  /** Time for reading; and characters tokenized, about a second's work. */
  private static final Duration READING = Duration.ofSeconds(2);

  private static final long MOST_CHARACTERS = 4_000_000;

  private final SessionOptions options;
  private final EstimateModels models;
  private final BiFunction<EnumerableRel, QueryContext, Enumerator<Object[]>> start;

  /**
   * @param start runs a plan
   */
  public QueryEstimator(
      SessionOptions options,
      EstimateModels models,
      BiFunction<EnumerableRel, QueryContext, Enumerator<Object[]>> start) {
    this.options = options;
    this.models = models;
    this.start = start;
  }

  /**
   * The estimate of a plan; empty where it asks no model.
   *
   * @param parameters values of {@code ?}, in Calcite's internal representation
   * @throws dev.quern.planner.QueryException when the query was cancelled
   * @throws dev.quern.executor.engine.EngineException when a model cannot be used
   */
  public Optional<QueryEstimate> estimate(
      RelNode physical, QueryContext query, List<Object> parameters) {
    var plan = new AssumedPlan(physical);
    if (plan.nodes().isEmpty()) {
      return Optional.empty();
    }
    try (var run = new EstimateRun(plan)) {
      boolean read = read(plan, run, query, parameters);
      return Optional.of(estimate(plan, run, read));
    }
  }

  /** Runs the plan; false where the time for it was over before its end. */
  private boolean read(
      AssumedPlan plan, EstimateRun run, QueryContext query, List<Object> parameters) {
    try (var control = new QueryControl()) {
      control.stopAfter(READING, State.TIMED_OUT, "the time for an estimate is over");
      var context =
          new QueryContext(
              query.getTypeFactory(),
              options,
              query.allocator(),
              control,
              new RunCounters(),
              model -> new CountingEngine(models.tokens(model)),
              parameters);
      context.with(Map.of(GenerateRuntime.NAME, run, ScanObserver.NAME, run));
      run.start(context);
      try (Enumerator<Object[]> rows = start.apply(plan.plan(), context)) {
        while (rows.moveNext()) {
          query.control().check();
        }
        return true;
      } catch (RuntimeException e) {
        query.control().check();
        if (control.isStopped()) {
          return false;
        }
        throw e;
      }
    }
  }

  private QueryEstimate estimate(AssumedPlan plan, EstimateRun run, boolean read) {
    PromptSketch<Asked> sketch = run.prompts();
    double factor = read ? 1 : run.nodes().stream().mapToDouble(run::factor).max().orElse(1);
    Map<Integer, CallPrompts> calls = new HashMap<>();
    run.nodes()
        .forEach(node -> {
          for (int i = 0; i < node.prompts().size(); i++) {
            calls.put(node.firstCall() + i, node.prompts().get(i));
          }
        });
    List<PromptSketch.Entry<Asked>> entries = sketch.entries();
    double each = entries.isEmpty() ? 1 : sketch.distinct(factor) / entries.size();
    Map<Optional<String>, List<PromptSketch.Entry<Asked>>> byModel = new LinkedHashMap<>();
    calls.values().forEach(call -> byModel.putIfAbsent(call.model(), new ArrayList<>()));
    entries.forEach(e -> byModel.get(calls.get(e.call()).model()).add(e));

    Tokens[] tokens = new Tokens[run.calls()];
    boolean[] sampled = new boolean[run.calls()];
    long blocks = 0;
    for (var model : byModel.entrySet()) {
      PromptTokens reader = models.tokens(model.getKey());
      blocks += reader.room().blocks();
      List<Sampled> sample = sample(reader, model.getValue(), calls);
      var shared = new SharedPrompts(reader.room(), options.windowRows());
      List<Tokens> counted = shared.estimate(sample, run.calls(), each * model.getValue().size());
      for (int i = 0; i < run.calls(); i++) {
        if (calls.get(i).model().equals(model.getKey())) {
          tokens[i] = counted.get(i);
          sampled[i] = each > 1 || sample.size() < model.getValue().size();
        }
      }
    }

    List<CallEstimate> estimates = new ArrayList<>();
    List<OptionalDouble> seconds = new ArrayList<>();
    double rows = 0;
    for (NodeRun node : run.nodes()) {
      double nodeRows = node.rows() * (read ? 1 : run.factor(node));
      rows += nodeRows;
      for (int i = 0; i < node.prompts().size(); i++) {
        int call = node.firstCall() + i;
        double prompts = each * entries.stream().filter(e -> e.call() == call).count();
        Tokens t = tokens[call];
        var estimate =
            new CallEstimate(
                node.node().rel().calls().get(i).toString(),
                nodeRows,
                prompts,
                t.prompt(),
                t.computed(),
                t.recomputed(),
                t.answer(),
                t.blocks(),
                sampled[call],
                plan.isAssumed(node.node()));
        estimates.add(estimate);
        seconds.add(seconds(node.prompts().get(i).model(), estimate));
      }
    }
    return new QueryEstimate(estimates, seconds, rows, blocks, read);
  }

  /** The leading entries whose characters are few enough, tokenized: a uniform sample of all. */
  private static List<Sampled> sample(
      PromptTokens reader,
      List<PromptSketch.Entry<Asked>> entries,
      Map<Integer, CallPrompts> calls) {
    List<Sampled> sample = new ArrayList<>();
    long characters = 0;
    for (PromptSketch.Entry<Asked> entry : entries) {
      characters += entry.prompt().characters();
      if (characters > MOST_CHARACTERS && !sample.isEmpty()) {
        break;
      }
      try {
        int[] ids = reader.ids(entry.prompt().head(), entry.prompt().row());
        int answer = calls.get(entry.call()).maxTokens();
        sample.add(new Sampled(entry.call(), entry.row(), ids, answer));
      } catch (IllegalArgumentException e) {
        // The row will fail with this error and cost nothing.
        sample.add(new Sampled(entry.call(), entry.row(), new int[0], 0));
      }
    }
    return sample;
  }

  private OptionalDouble seconds(Optional<String> model, CallEstimate e) {
    double prompts = Math.max(1, e.prompts());
    double context = (e.promptTokens() + e.answerTokens() / 2) / prompts;
    Optional<StepRates> rates = models.rates(model, context, e.prompts());
    return rates
        .map(r -> OptionalDouble.of(r.seconds(e.computedTokens(), e.prompts(), e.answerTokens())))
        .orElse(OptionalDouble.empty());
  }
}
