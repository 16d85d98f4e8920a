package dev.quern.sql.run;

import dev.quern.executor.engine.GenerateEngine;
import dev.quern.planner.function.TokenCountFunction;
import dev.quern.planner.rel.GenerateRuntime;
import dev.quern.sql.SessionOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.java.JavaTypeFactory;
import org.apache.calcite.linq4j.QueryProvider;
import org.apache.calcite.rel.type.TimeFrames;
import org.apache.calcite.schema.SchemaPlus;

/** One run of a query: its parameters, clock, control, counters and engines. */
public final class QueryContext implements DataContext, AutoCloseable {
  private static final long MOST_SORT_MEMORY = 64L << 20;

  private final JavaTypeFactory types;
  private final SessionOptions options;
  private final BufferAllocator allocator;
  private final QueryControl control;
  private final Function<Optional<String>, GenerateEngine> engines;
  private final RunCounters counters;
  private final Warnings warnings = new Warnings();
  private final AnswerMemo memo = new AnswerMemo();
  private final GenerateOperator operator = new GenerateOperator(this);
  private final Map<String, Object> values = new HashMap<>();
  private boolean takesAllRows;

  /**
   * @param parameters values of {@code ?}, in Calcite's internal representation
   * @param engines gives the engine of a model's name; empty: the session's own
   */
  public QueryContext(
      JavaTypeFactory types,
      SessionOptions options,
      BufferAllocator allocator,
      QueryControl control,
      RunCounters counters,
      Function<Optional<String>, GenerateEngine> engines,
      List<Object> parameters) {
    this.types = types;
    this.options = options;
    this.allocator = allocator;
    this.control = control;
    this.counters = counters;
    this.engines = engines;
    for (int i = 0; i < parameters.size(); i++) {
      values.put("?" + i, parameters.get(i));
    }
    putClock();
    values.put(Variable.CANCEL_FLAG.camelName, control.flag());
    values.put(Variable.USER.camelName, "quern");
    values.put(Variable.SYSTEM_USER.camelName, "quern");
    values.put(Variable.LOCALE.camelName, Locale.ROOT);
    values.put(GenerateRuntime.NAME, operator);
    values.put(
        TokenCountFunction.COUNTER,
        (TokenCountFunction.Counter) text -> engine(Optional.empty()).countTokens(text));
  }

  /** Adds objects that generated code refers to by name. */
  public QueryContext with(Map<String, Object> constants) {
    values.putAll(constants);
    return this;
  }

  /** One time for the whole query, as the standard wants. */
  private void putClock() {
    long now = System.currentTimeMillis();
    TimeZone zone = TimeZone.getDefault();
    long local = now + zone.getOffset(now);
    values.put(Variable.UTC_TIMESTAMP.camelName, now);
    values.put(Variable.CURRENT_TIMESTAMP.camelName, local);
    values.put(Variable.LOCAL_TIMESTAMP.camelName, local);
    values.put(Variable.SYS_TIMESTAMP.camelName, local);
    values.put(Variable.TIME_ZONE.camelName, zone);
    values.put(
        Variable.TIME_FRAME_SET.camelName,
        types.getTypeSystem().deriveTimeFrameSet(TimeFrames.CORE));
  }

  public QueryControl control() {
    return control;
  }

  public BufferAllocator allocator() {
    return allocator;
  }

  public RunCounters counters() {
    return counters;
  }

  public Warnings warnings() {
    return warnings;
  }

  /** The consumer takes every row and shows none before the last: they may run in any order. */
  public QueryContext takingAllRows() {
    takesAllRows = true;
    return this;
  }

  boolean takesAllRows() {
    return takesAllRows;
  }

  /** Bytes that rows of one sort may take before they go to a file. */
  long sortMemory() {
    return Math.min(MOST_SORT_MEMORY, Runtime.getRuntime().maxMemory() / 16);
  }

  /** Options of the session. */
  public SessionOptions options() {
    return options;
  }

  AnswerMemo memo() {
    return memo;
  }

  GenerateEngine engine(Optional<String> model) {
    return engines.apply(model);
  }

  /** Value of a parameter, counted from 0. */
  Object parameter(int index) {
    return values.get("?" + index);
  }

  @Override
  public Object get(String name) {
    return values.get(name);
  }

  @Override
  public JavaTypeFactory getTypeFactory() {
    return types;
  }

  @Override
  public SchemaPlus getRootSchema() {
    return null;
  }

  @Override
  public QueryProvider getQueryProvider() {
    throw new UnsupportedOperationException("tables are scanned, not queried");
  }

  /** Removes the temporary files of the run. */
  @Override
  public void close() {
    operator.close();
  }
}
