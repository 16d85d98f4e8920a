package dev.quern.planner.function;

import java.util.Arrays;
import java.util.List;
import org.apache.calcite.adapter.enumerable.NullPolicy;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;

/**
 * The keys of PARTITION BY as one value, equal where all of them are. Calcite's window code makes a
 * class of its own for several keys, which it cannot where rows are arrays: it would take the first
 * key for all of them.
 */
public final class PartitionKeyFunction extends SqlUserDefinedFunction {
  public static final PartitionKeyFunction INSTANCE = new PartitionKeyFunction();

  private PartitionKeyFunction() {
    super(
        // Not to be called by a query.
        new SqlIdentifier("$PARTITION_KEY", SqlParserPos.ZERO),
        SqlKind.OTHER_FUNCTION,
        binding -> type(binding.getTypeFactory()),
        null,
        null,
        new GeneratedCode(
            PartitionKeyFunction::type,
            NullPolicy.NONE,
            (translator, call, operands) ->
                Expressions.call(
                    PartitionKeyFunction.class,
                    "key",
                    Expressions.newArrayInit(
                        Object.class,
                        operands.stream()
                            .<Expression>map(operand ->
                                Expressions.convert_(Expressions.box(operand), Object.class))
                            .toList()))));
  }

  private static RelDataType type(RelDataTypeFactory types) {
    return types.createArrayType(types.createSqlType(SqlTypeName.ANY), -1);
  }

  /** Called by generated code. Values of type ROW are arrays, at any depth. */
  public static List<Object> key(Object[] values) {
    return Arrays.stream(values).map(PartitionKeyFunction::comparable).toList();
  }

  private static Object comparable(Object value) {
    return switch (value) {
      case Object[] row -> key(row);
      case List<?> array -> key(array.toArray());
      case null, default -> value;
    };
  }
}
