package dev.quern.sql;

import dev.quern.connectors.ArrowMemory;
import dev.quern.connectors.FileAccess;
import dev.quern.connectors.FileRefusedException;
import dev.quern.connectors.TableFiles;
import dev.quern.executor.bench.StepRates;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.PromptTokens;
import dev.quern.executor.table.BatchSource;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.QueryCompiler.Code;
import dev.quern.sql.QueryCompiler.Validated;
import dev.quern.sql.arrow.ArrowTypes;
import dev.quern.sql.ast.SqlCopy;
import dev.quern.sql.ast.SqlCreateModel;
import dev.quern.sql.ast.SqlCreateTableAs;
import dev.quern.sql.ast.SqlCreateView;
import dev.quern.sql.ast.SqlDropModel;
import dev.quern.sql.ast.SqlDropView;
import dev.quern.sql.ast.SqlExplainAnalyze;
import dev.quern.sql.ast.SqlShowModels;
import dev.quern.sql.catalog.Catalog;
import dev.quern.sql.catalog.Model;
import dev.quern.sql.catalog.QuernTypes;
import dev.quern.sql.catalog.StatementTables;
import dev.quern.sql.estimate.EstimateModels;
import dev.quern.sql.run.QueryContext;
import dev.quern.sql.run.QueryControl;
import dev.quern.sql.run.QueryStatistics;
import dev.quern.sql.run.RunCounters;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlExplain;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;

/** One user's conversation: views, models, options, and the statements that run one by one. */
public final class Session implements AutoCloseable {
  private final Engines engines;
  private final SessionOptions options;
  private final FileAccess files;
  private final Catalog catalog = new Catalog();
  private final QuernTypes types = new QuernTypes();
  private final BufferAllocator allocator = ArrowMemory.open(Long.MAX_VALUE);
  private final Map<EngineOptions, Engines.Lease> leases = new HashMap<>();
  private final Map<EngineOptions, PromptTokens> readers = new HashMap<>();
  private volatile RunCounters counters;

  /** A session that may touch every file. */
  public Session(Engines engines, SessionOptions options) {
    this(engines, options, FileAccess.all());
  }

  /**
   * A session without views and models.
   *
   * @param files those that its statements may read and write
   * @throws dev.quern.executor.table.TableException if the JVM lacks a flag that Arrow needs
   */
  public Session(Engines engines, SessionOptions options, FileAccess files) {
    this.engines = engines;
    this.options = options;
    this.files = files;
  }

  /** Text to statement; what the statement names is looked up now, and runs later. */
  public Prepared prepare(String sql) {
    try {
      return prepare(Statements.parse(sql));
    } catch (StackOverflowError e) {
      throw new QueryException(
          State.TOO_COMPLEX,
          "the statement is nested too deeply; break it up with WITH, or write IN for a long OR",
          e);
    }
  }

  private Prepared prepare(SqlNode statement) {
    var definitions = new Definitions(catalog, types, this::compile, options, files);
    var writes = new Writes(catalog, files, this::compile);
    return switch (statement) {
      case SqlCreateView view -> definitions.createView(view);
      case SqlDropView view -> definitions.dropView(view);
      case SqlCreateModel model -> definitions.createModel(model);
      case SqlDropModel model -> definitions.dropModel(model);
      case SqlShowModels models -> definitions.showModels();
      case SqlCopy copy -> writes.copy(copy);
      case SqlCreateTableAs table -> writes.createTable(table);
      case SqlInsert insert -> writes.insert(insert);
      case SqlExplain explain -> explain(explain.getExplicandum()).plan(explain);
      case SqlExplainAnalyze explain -> explain(explain.query()).analyze();
      case SqlNode query when query.isA(SqlKind.QUERY) -> compile(query).prepared();
      case SqlNode other ->
          throw QueryException.at(
              other, State.NOT_BUILT, other.getKind() + " statements are not supported");
    };
  }

  private Explain explain(SqlNode query) {
    return new Explain(compile(query), types, options, new SessionModels(), files);
  }

  /** The one path: syntax tree, relational tree, passes, physical plan, code. */
  private Compiled compile(SqlNode query) {
    var tables = new StatementTables(catalog, files, allocator);
    try {
      var compiler = new QueryCompiler(tables, types);
      Validated validated = compiler.validate(query);
      RelNode relational = compiler.toRel(validated);
      RelNode logical = compiler.logical(relational);
      EnumerableRel physical = compiler.physical(logical);
      return new Compiled(validated, logical, physical, tables);
    } catch (RuntimeException e) {
      tables.close();
      throw PlanErrors.translate(e, tables);
    } catch (StackOverflowError e) {
      tables.close();
      throw e;
    }
  }

  /** A planned query and the tables that it holds open. */
  record Compiled(
      Validated validated, RelNode logical, EnumerableRel physical, StatementTables tables) {
    /** Rows leave as the client pulls them: windows of prompts, engine, answers. */
    Prepared.Rows prepared() {
      Code code = QueryCompiler.generate(physical);
      OptionalLong total = RowTotals.of(logical);
      return new Prepared.Rows(
          validated.columns(),
          validated.parameters(),
          context -> {
            context.counters().total(total);
            return code.run(context);
          },
          tables::close);
    }
  }

  /** What one run of a statement needs; the statement's rows are pulled with it. */
  public QueryContext start(List<Object> parameters, QueryControl control) {
    var run = new RunCounters();
    counters = run;
    options
        .maxSeconds()
        .ifPresent(s ->
            control.stopAfter(
                Duration.ofSeconds(s),
                State.BUDGET,
                "max-seconds-budget of " + s + " seconds reached; finished rows are kept"));
    return new QueryContext(
        types, options, allocator, control, run, model -> engine(model, run), parameters);
  }

  /** Counts of the statement that runs, or of the last one. */
  public QueryStatistics statistics() {
    RunCounters run = counters;
    return run == null ? QueryStatistics.NONE : run.snapshot();
  }

  public Catalog catalog() {
    return catalog;
  }

  /** Files that the session may touch. */
  public FileAccess files() {
    return files;
  }

  /**
   * Columns of a file or a folder.
   *
   * @param name as in a query; empty where no file has that name, or the session may not look
   * @throws dev.quern.executor.table.TableException if there is no table in it
   */
  public Optional<RelDataType> fileColumns(String name) {
    try {
      if (name.isBlank() || catalog.view(name).isPresent() || !Files.exists(files.read(name))) {
        return Optional.empty();
      }
      try (BatchSource table = TableFiles.open(name, files, allocator)) {
        return Optional.of(ArrowTypes.rowType(table.schema(), types));
      }
    } catch (FileRefusedException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  public SessionOptions options() {
    return options;
  }

  public QuernTypes types() {
    return types;
  }

  /** Leased at first use and kept until the session ends. */
  private synchronized GenerateEngine engine(Optional<String> model, RunCounters run) {
    EngineOptions wanted = engineOptions(model);
    Engines.Lease lease = leases.get(wanted);
    if (lease == null) {
      lease = engines.lease(wanted);
      leases.put(wanted, lease);
      run.loaded(lease.loadNanos());
    }
    return lease.engine();
  }

  /** By options, not by name: a name may stand for another model now, or for none. */
  private EngineOptions engineOptions(Optional<String> model) {
    return model.map(this::model).map(Model::options).orElse(options.engine());
  }

  /** The models of this session for estimates, which load no weights. */
  private final class SessionModels implements EstimateModels {
    @Override
    public PromptTokens tokens(Optional<String> model) {
      EngineOptions wanted = engineOptions(model);
      synchronized (Session.this) {
        Engines.Lease lease = leases.get(wanted);
        Optional<PromptTokens> running = lease == null ? Optional.empty() : lease.engine().tokens();
        if (running.isPresent()) {
          return running.get();
        }
        PromptTokens open = readers.get(wanted);
        if (open == null) {
          open =
              engines
                  .factory()
                  .tokens(wanted)
                  .or(() -> engine(model, new RunCounters()).tokens())
                  .orElseThrow(() ->
                      new QueryException(
                          State.NOT_BUILT, "this engine does not tell the tokens of prompts"));
          readers.put(wanted, open);
        }
        return open;
      }
    }

    @Override
    public Optional<StepRates> rates(Optional<String> model, double context, double rows) {
      return engines.factory().rates(engineOptions(model), tokens(model), context, rows);
    }
  }

  private Model model(String name) {
    return catalog
        .model(name)
        .orElseThrow(() ->
            new QueryException(
                State.MODEL,
                "there is no model '"
                    + name
                    + "'; define it: CREATE MODEL "
                    + name
                    + " FROM 'folder'; defined are "
                    + catalog.models().stream().map(Model::name).toList()));
  }

  @Override
  public synchronized void close() {
    readers.values().forEach(PromptTokens::close);
    readers.clear();
    leases.values().forEach(Engines.Lease::close);
    leases.clear();
    allocator.close();
  }
}
