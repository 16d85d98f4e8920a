package dev.quern.planner.function;

import java.util.List;
import java.util.function.Function;
import org.apache.calcite.adapter.enumerable.CallImplementor;
import org.apache.calcite.adapter.enumerable.NotNullImplementor;
import org.apache.calcite.adapter.enumerable.NullPolicy;
import org.apache.calcite.adapter.enumerable.RexImpTable;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.FunctionParameter;
import org.apache.calcite.schema.ImplementableFunction;
import org.apache.calcite.schema.ScalarFunction;

/**
 * What a function of ours is in generated code.
 *
 * @param type of its value
 */
record GeneratedCode(
    Function<RelDataTypeFactory, RelDataType> type, NullPolicy nulls, NotNullImplementor code)
    implements ScalarFunction, ImplementableFunction {
  @Override
  public RelDataType getReturnType(RelDataTypeFactory types) {
    return type.apply(types);
  }

  /** Operands are checked elsewhere. */
  @Override
  public List<FunctionParameter> getParameters() {
    return List.of();
  }

  @Override
  public CallImplementor getImplementor() {
    return RexImpTable.createImplementor(code, nulls, false);
  }
}
