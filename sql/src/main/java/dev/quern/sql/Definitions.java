package dev.quern.sql;

import dev.quern.connectors.FileAccess;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.Session.Compiled;
import dev.quern.sql.ast.SqlCreateModel;
import dev.quern.sql.ast.SqlCreateView;
import dev.quern.sql.ast.SqlDropModel;
import dev.quern.sql.ast.SqlDropView;
import dev.quern.sql.catalog.Catalog;
import dev.quern.sql.catalog.Model;
import dev.quern.sql.catalog.QuernTypes;
import dev.quern.sql.catalog.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.dialect.CalciteSqlDialect;
import org.apache.calcite.sql.type.SqlTypeName;

/** Statements that define and drop views and models of the session. */
final class Definitions {
  private final Catalog catalog;
  private final QuernTypes types;
  private final Function<SqlNode, Compiled> compile;
  private final SessionOptions options;
  private final ModelFiles modelFiles;

  Definitions(
      Catalog catalog,
      QuernTypes types,
      Function<SqlNode, Compiled> compile,
      SessionOptions options,
      FileAccess files) {
    this.catalog = catalog;
    this.types = types;
    this.compile = compile;
    this.options = options;
    this.modelFiles = new ModelFiles(files);
  }

  /** The query is checked now; it runs whenever the view is read. */
  Prepared createView(SqlCreateView view) {
    String name = view.name().getSimple();
    String sql = view.query().toSqlString(CalciteSqlDialect.DEFAULT).getSql();
    RelDataType columns;
    try (Prepared.Rows query = compile.apply(Statements.parse(sql)).prepared()) {
      if (query.parameters().getFieldCount() > 0) {
        throw QueryException.at(view.query(), State.SYNTAX, "a view cannot have parameters (?)");
      }
      columns = query.columns();
    }
    List<SqlNode> names = view.columns().getList();
    if (!names.isEmpty()) {
      sql = renamed(view, sql, columns);
      columns = named(columns, names);
    }
    var definition = new View(name, sql, columns);
    return update(() -> {
      if (!view.getReplace() && catalog.view(name).isPresent()) {
        throw QueryException.at(
            view.name(),
            State.TABLE_EXISTS,
            "there is a view '" + name + "' already; use CREATE OR REPLACE VIEW");
      }
      catalog.put(definition);
    });
  }

  private static String renamed(SqlCreateView view, String sql, RelDataType columns) {
    int given = view.columns().size();
    if (given != columns.getFieldCount()) {
      throw QueryException.at(
          view.columns(),
          State.SYNTAX,
          given + " column names are given for " + columns.getFieldCount() + " columns");
    }
    String names = view.columns().toSqlString(CalciteSqlDialect.DEFAULT).getSql();
    return "SELECT * FROM (" + sql + ") AS \"view\" (" + names.replaceAll("^\\(|\\)$", "") + ")";
  }

  private RelDataType named(RelDataType columns, List<SqlNode> names) {
    var builder = types.builder();
    for (int i = 0; i < names.size(); i++) {
      builder.add(
          ((SqlIdentifier) names.get(i)).getSimple(), columns.getFieldList().get(i).getType());
    }
    return builder.build();
  }

  Prepared dropView(SqlDropView view) {
    String name = view.name().getSimple();
    return update(() -> {
      if (!catalog.dropView(name) && !view.ifExists) {
        throw QueryException.at(view.name(), State.NO_TABLE, "there is no view '" + name + "'");
      }
    });
  }

  Prepared createModel(SqlCreateModel model) {
    String name = model.name().getSimple();
    String folder = ((SqlLiteral) model.folder()).toValue();
    EngineOptions engine = engineOptions(model, folder);
    return update(() -> {
      boolean exists = catalog.model(name).isPresent();
      if (exists && !model.getReplace() && !model.ifNotExists) {
        throw QueryException.at(
            model.name(),
            State.TABLE_EXISTS,
            "there is a model '" + name + "' already; use CREATE OR REPLACE MODEL");
      }
      if (!exists || model.getReplace()) {
        catalog.put(new Model(name, folder, engine));
      }
    });
  }

  private EngineOptions engineOptions(SqlCreateModel model, String folder) {
    Map<String, String> values = new HashMap<>();
    for (SqlNode option : model.settings()) {
      SqlNode value = ((SqlCall) option).operand(1);
      values.put(
          ((SqlCall) option).operand(0).toString().toLowerCase(Locale.ROOT).replace('_', '-'),
          value instanceof SqlLiteral literal ? literal.toValue() : value.toString());
    }
    values.put("model", folder);
    values = modelFiles.resolved(model.folder(), values);
    // What the session says of device and threads holds for its other models too.
    values.putIfAbsent("device", options.engine().device());
    values.putIfAbsent("threads", Integer.toString(options.engine().threads()));
    try {
      return EngineOptions.parse(values);
    } catch (IllegalArgumentException e) {
      throw QueryException.at(model.settings(), State.SYNTAX, e.getMessage());
    }
  }

  Prepared dropModel(SqlDropModel model) {
    String name = model.name().getSimple();
    return update(() -> {
      if (!catalog.dropModel(name) && !model.ifExists) {
        throw QueryException.at(model.name(), State.MODEL, "there is no model '" + name + "'");
      }
    });
  }

  Prepared showModels() {
    RelDataType text = types.createSqlType(SqlTypeName.VARCHAR);
    RelDataType columns = types.builder().add("name", text).add("folder", text).build();
    return new Prepared.Rows(
        columns,
        types.builder().build(),
        context -> {
          List<Object[]> rows = new ArrayList<>();
          catalog.models().forEach(m -> rows.add(new Object[] {m.name(), m.folder()}));
          return QueryCompiler.rows(rows).enumerator();
        },
        () -> {});
  }

  private Prepared update(Runnable action) {
    return new Prepared.Update(
        types.builder().build(),
        context -> {
          action.run();
          return 0;
        },
        () -> {});
  }
}
