package dev.quern.planner.rel;

import dev.quern.executor.table.ColumnFilter;
import java.util.List;
import java.util.Set;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.JavaRowFormat;
import org.apache.calcite.adapter.enumerable.PhysType;
import org.apache.calcite.adapter.enumerable.PhysTypeImpl;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.ImmutableBitSet;
import org.apache.calcite.util.ImmutableIntList;

/** Reads some columns of a {@link ScanTable}, skipping what the filters rule out. */
public final class ScanRel extends TableScan implements EnumerableRel {
  private final ImmutableIntList columns;
  private final List<ColumnFilter> filters;

  private ScanRel(
      RelOptCluster cluster,
      RelTraitSet traits,
      RelOptTable table,
      ImmutableIntList columns,
      List<ColumnFilter> filters) {
    super(cluster, traits, List.of(), table);
    this.columns = columns;
    this.filters = List.copyOf(filters);
  }

  /** A scan of all columns, ready to run. */
  public static ScanRel of(RelOptCluster cluster, RelOptTable table) {
    return new ScanRel(
        cluster,
        cluster.traitSetOf(Convention.NONE),
        table,
        ImmutableIntList.identity(table.getRowType().getFieldCount()),
        List.of());
  }

  /** The same scan with these filters. */
  public ScanRel withFilters(List<ColumnFilter> filters) {
    return new ScanRel(getCluster(), getTraitSet(), table, columns, filters);
  }

  /** The same scan in the convention that can run. */
  public ScanRel enumerable() {
    return new ScanRel(
        getCluster(),
        getTraitSet().replace(EnumerableConvention.INSTANCE),
        table,
        columns,
        filters);
  }

  public List<ColumnFilter> filters() {
    return filters;
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new ScanRel(getCluster(), traits, table, columns, filters);
  }

  /** Keeps only the columns used: how the field trimmer prunes a scan. */
  @Override
  public RelNode project(
      ImmutableBitSet used, Set<RelDataTypeField> extraFields, RelBuilder builder) {
    ImmutableIntList kept =
        ImmutableIntList.of(used.toList().stream().mapToInt(columns::getInt).toArray());
    return new ScanRel(getCluster(), getTraitSet(), table, kept, filters);
  }

  @Override
  public RelDataType deriveRowType() {
    var builder = getCluster().getTypeFactory().builder();
    columns.forEach(i -> builder.add(table.getRowType().getFieldList().get(i)));
    return builder.build();
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer)
        .item("columns", getRowType().getFieldNames())
        .itemIf("filters", describe(filters), !filters.isEmpty());
  }

  private static String describe(List<ColumnFilter> filters) {
    return filters.stream()
        .map(f -> f.column() + " " + f.comparison() + (f.value() == null ? "" : " " + f.value()))
        .toList()
        .toString();
  }

  @Override
  public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
    PhysType type =
        PhysTypeImpl.of(implementor.getTypeFactory(), getRowType(), JavaRowFormat.ARRAY);
    var block = new BlockBuilder();
    block.add(
        Expressions.return_(
            null,
            Expressions.call(
                ScanRel.class, "run", DataContext.ROOT, implementor.stash(this, ScanRel.class))));
    return implementor.result(type, block.toBlock());
  }

  /** Called by generated code. */
  public static Enumerable<?> run(DataContext context, ScanRel scan) {
    ScanTable table = scan.table.unwrapOrThrow(ScanTable.class);
    return RowFormats.fromArrays(
        table.scan(context, scan.columns.toIntArray(), scan.filters), scan.columns.size());
  }
}
