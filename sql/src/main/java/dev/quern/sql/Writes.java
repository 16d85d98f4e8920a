package dev.quern.sql;

import dev.quern.connectors.FileAccess;
import dev.quern.connectors.TableFiles;
import dev.quern.connectors.TableFormat;
import dev.quern.connectors.WriteMode;
import dev.quern.connectors.WriteOptions;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.sql.Session.Compiled;
import dev.quern.sql.arrow.ArrowFields;
import dev.quern.sql.arrow.ArrowRowSink;
import dev.quern.sql.ast.SqlCopy;
import dev.quern.sql.ast.SqlCreateTableAs;
import dev.quern.sql.catalog.Catalog;
import dev.quern.sql.run.QueryContext;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Statements that write the rows of a query to files: COPY, CREATE TABLE AS, INSERT. */
final class Writes {
  private final Catalog catalog;
  private final FileAccess files;
  private final Function<SqlNode, Compiled> compile;

  Writes(Catalog catalog, FileAccess files, Function<SqlNode, Compiled> compile) {
    this.catalog = catalog;
    this.files = files;
    this.compile = compile;
  }

  /** A file that exists is replaced when the new one is whole. */
  Prepared copy(SqlCopy copy) {
    Target named = Target.of(copy.target(), WriteOptions.DEFAULT, catalog, files);
    WriteOptions options =
        WriteSettings.parse(copy.settings())
            .options(WriteMode.REPLACE, format(named), copy.settings());
    SqlNode query = copy.query() instanceof SqlIdentifier table ? allOf(table) : copy.query();
    return write(query, SqlNodeList.EMPTY, named.withOptions(options), target -> true);
  }

  private static Optional<TableFormat> format(Target target) {
    return target.name().endsWith("/") || Files.isDirectory(target.path())
        ? Optional.empty()
        : TableFormat.of(target.path());
  }

  /** {@code SELECT * FROM table}. */
  private static SqlSelect allOf(SqlIdentifier table) {
    SqlParserPos position = table.getParserPosition();
    return new SqlSelect(
        position,
        null,
        SqlNodeList.of(SqlIdentifier.star(position)),
        table,
        null,
        null,
        null,
        SqlNodeList.EMPTY,
        null,
        null,
        null,
        null,
        null);
  }

  Prepared createTable(SqlCreateTableAs table) {
    WriteMode mode = table.getReplace() ? WriteMode.REPLACE : WriteMode.CREATE;
    Target target = Target.of(table.target(), WriteOptions.DEFAULT.withMode(mode), catalog, files);
    return write(
        table.query(),
        SqlNodeList.EMPTY,
        target,
        created -> {
          boolean exists = !table.getReplace() && created.exists();
          if (exists && !table.ifNotExists) {
            throw QueryException.at(
                created.place(),
                State.TABLE_EXISTS,
                "there is a table '"
                    + created.name()
                    + "' already; use CREATE OR REPLACE TABLE, another name, or INSERT INTO a folder");
          }
          return !exists;
        });
  }

  /** Adds a file to a folder. Columns meet by name, as the files of a folder do. */
  Prepared insert(SqlInsert insert) {
    if (insert.isUpsert()) {
      throw QueryException.at(insert, State.NOT_BUILT, "UPSERT is not supported; use INSERT");
    }
    if (!(insert.getTargetTable() instanceof SqlIdentifier place)) {
      throw QueryException.at(
          insert.getTargetTable(), State.SYNTAX, "the target of INSERT is the name of a folder");
    }
    SqlNodeList columns = insert.getTargetColumnList();
    return write(
        insert.getSource(),
        columns == null ? SqlNodeList.EMPTY : columns,
        Target.of(place, WriteOptions.DEFAULT.withMode(WriteMode.APPEND), catalog, files),
        target -> true);
  }

  /**
   * @param columns names that the query's columns get; empty: their own
   * @param wanted looks at the target when the statement runs; false: nothing is to be done
   */
  private Prepared write(
      SqlNode query, SqlNodeList columns, Target target, Predicate<Target> wanted) {
    Compiled compiled = compile.apply(query);
    try {
      Prepared.Rows rows = compiled.prepared();
      Schema schema = named(ArrowFields.schema(rows.columns()), columns);
      return new Prepared.Update(
          rows.parameters(),
          context -> wanted.test(target) ? run(rows, schema, target, context) : 0,
          rows.onClose());
    } catch (RuntimeException e) {
      compiled.tables().close();
      throw e;
    }
  }

  private static Schema named(Schema schema, SqlNodeList columns) {
    if (columns.isEmpty()) {
      return schema;
    }
    List<Field> fields = schema.getFields();
    if (columns.size() != fields.size()) {
      throw QueryException.at(
          columns,
          State.SYNTAX,
          columns.size() + " columns are named, but the query gives " + fields.size());
    }
    List<Field> renamed = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      String name = ((SqlIdentifier) columns.get(i)).getSimple();
      Field field = fields.get(i);
      renamed.add(new Field(name, field.getFieldType(), field.getChildren()));
    }
    return new Schema(renamed);
  }

  /** Nothing stands under the target's name unless the query ends, or a budget ends it. */
  private static long run(Prepared.Rows query, Schema schema, Target target, QueryContext context) {
    var sink =
        TableFiles.create(
            target.name(), schema, target.options(), target.files(), context.allocator());
    try (var out = new ArrowRowSink(sink, schema, context.allocator());
        Enumerator<Object[]> rows = query.run().apply(context.takingAllRows())) {
      Optional<QueryException> spent = pull(rows, out, context);
      if (spent.isPresent() && out.rows() == 0) {
        throw spent.get();
      }
      context.control().checkCancelled();
      out.commit();
      if (spent.isPresent()) {
        throw new QueryException(
            State.BUDGET,
            spent.get().getMessage() + ": " + out.rows() + " of them in '" + target.name() + "'",
            spent.get());
      }
      return out.rows();
    }
  }

  /** All rows, or as many as the budgets allow and the error that says so. */
  private static Optional<QueryException> pull(
      Enumerator<Object[]> rows, ArrowRowSink out, QueryContext context) {
    try {
      while (rows.moveNext()) {
        context.control().checkCancelled();
        out.add(rows.current());
        context.counters().returnedRow();
      }
      return Optional.empty();
    } catch (QueryException e) {
      if (e.state() != State.BUDGET) {
        throw e;
      }
      return Optional.of(e);
    }
  }
}
