package dev.quern.planner;

import dev.quern.executor.table.ColumnFilter;
import dev.quern.planner.function.QuernFunctions;
import dev.quern.planner.rel.ScanRel;
import dev.quern.planner.rel.ScanTable;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;
import org.apache.calcite.DataContext;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Linq4j;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Statistic;
import org.apache.calcite.schema.Statistics;
import org.apache.calcite.schema.TranslatableTable;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.sql2rel.StandardConvertletTable;

/**
 * Plans of queries over {@code docs(id INTEGER, body VARCHAR, place VARCHAR, score DOUBLE)}, whose
 * number of rows is not known, and {@code papers} (330 rows) and {@code pages} (110,000) with the
 * same columns.
 */
public final class Plans {
  private Plans() {}

  /** The plan before any pass. */
  public static RelNode of(String sql) {
    var types = new JavaTypeFactoryImpl();
    var planner = new QueryPlanner(types);
    CalciteSchema root = CalciteSchema.createRootSchema(false, false);
    root.add("docs", new Docs(OptionalLong.empty()));
    root.add("papers", new Docs(OptionalLong.of(330)));
    root.add("pages", new Docs(OptionalLong.of(110_000)));
    var reader =
        new CalciteCatalogReader(
            root, List.of(), types, new CalciteConnectionConfigImpl(new Properties()));
    SqlValidator validator =
        SqlValidatorUtil.newValidator(
            QuernFunctions.table(),
            reader,
            types,
            SqlValidator.Config.DEFAULT.withIdentifierExpansion(true));
    SqlNode query = validator.validate(parse(sql));
    var converter =
        new SqlToRelConverter(
            (row, text, schemas, view) -> {
              throw new UnsupportedOperationException("there are no views here");
            },
            validator,
            reader,
            planner.cluster(),
            StandardConvertletTable.INSTANCE,
            SqlToRelConverter.config().withExpand(false));
    return converter.convertQuery(query, false, true).project();
  }

  /** The plan as EXPLAIN shows it. */
  public static String text(RelNode plan) {
    return RelOptUtil.toString(plan).strip();
  }

  private static SqlNode parse(String sql) {
    try {
      return SqlParser.create(
              sql, SqlParser.config().withUnquotedCasing(Casing.UNCHANGED).withCaseSensitive(false))
          .parseQuery();
    } catch (SqlParseException e) {
      throw new IllegalArgumentException(sql, e);
    }
  }

  private static final class Docs extends AbstractTable implements ScanTable, TranslatableTable {
    private final OptionalLong rows;

    private Docs(OptionalLong rows) {
      this.rows = rows;
    }

    @Override
    public Statistic getStatistic() {
      return rows.isPresent()
          ? Statistics.of((double) rows.getAsLong(), List.of())
          : Statistics.UNKNOWN;
    }

    @Override
    public RelDataType getRowType(RelDataTypeFactory types) {
      return types
          .builder()
          .add("id", SqlTypeName.INTEGER)
          .nullable(true)
          .add("body", SqlTypeName.VARCHAR)
          .nullable(true)
          .add("place", SqlTypeName.VARCHAR)
          .nullable(true)
          .add("score", SqlTypeName.DOUBLE)
          .nullable(true)
          .build();
    }

    @Override
    public OptionalLong rowCount() {
      return rows;
    }

    @Override
    public RelNode toRel(RelOptTable.ToRelContext context, RelOptTable table) {
      return ScanRel.of(context.getCluster(), table);
    }

    @Override
    public Enumerable<Object[]> scan(
        DataContext context, int[] columns, List<ColumnFilter> filters) {
      return Linq4j.emptyEnumerable();
    }
  }
}
