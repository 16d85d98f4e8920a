package dev.quern.planner.pass;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.quern.planner.QueryException;
import dev.quern.planner.function.PartitionKeyFunction;
import java.util.List;
import org.apache.calcite.rel.RelFieldCollation.NullDirection;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexWindow;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/**
 * Writes windows in forms that Calcite's code computes correctly: several keys of PARTITION BY
 * become one ({@link PartitionKeyFunction}), and RANGE with an offset over a descending number,
 * whose offset Calcite takes in the wrong direction, becomes one over the ascending negative.
 */
public final class PlainWindows implements Pass {
  @Override
  public RelNode apply(RelNode root) {
    return BottomUp.rewrite(root, new Windows(root.getCluster().getRexBuilder()));
  }

  private static final class Windows extends RexShuttle {
    private final RexBuilder rex;

    Windows(RexBuilder rex) {
      this.rex = rex;
    }

    @Override
    public RexWindow visitWindow(RexWindow written) {
      RexWindow window = super.visitWindow(written);
      boolean oneKey = needsOneKey(window.partitionKeys);
      boolean turned = descendsOverOffset(window);
      if (!oneKey && !turned) {
        return window;
      }
      return rex.makeWindow(
          oneKey
              ? List.of(rex.makeCall(PartitionKeyFunction.INSTANCE, window.partitionKeys))
              : window.partitionKeys,
          turned ? ImmutableList.of(ascending(window.orderKeys.getFirst())) : window.orderKeys,
          window.getLowerBound(),
          window.getUpperBound(),
          window.isRows(),
          window.getExclude());
    }

    private static boolean needsOneKey(List<RexNode> keys) {
      return keys.size() > 1 || keys.stream().anyMatch(key -> holdsRows(key.getType()));
    }

    private static boolean holdsRows(RelDataType type) {
      return type.getSqlTypeName() == SqlTypeName.ROW
          || (type.getComponentType() != null && holdsRows(type.getComponentType()));
    }

    private static boolean descendsOverOffset(RexWindow window) {
      return !window.isRows()
          && (window.getLowerBound().getOffset() != null
              || window.getUpperBound().getOffset() != null)
          && window.orderKeys.size() == 1
          && window.orderKeys.getFirst().getDirection().isDescending();
    }

    private RexFieldCollation ascending(RexFieldCollation descending) {
      RexNode key = descending.left;
      if (!SqlTypeUtil.isNumeric(key.getType())) {
        throw new QueryException(
            QueryException.State.NOT_BUILT,
            "RANGE with an offset over a descending "
                + key.getType().getSqlTypeName()
                + " is not built yet; order it ascending, with the bounds in exchange");
      }
      // The negative of the least INTEGER is none.
      RexNode wide = SqlTypeUtil.isIntType(key.getType()) ? rex.makeCast(bigint(key), key) : key;
      return new RexFieldCollation(
          rex.makeCall(SqlStdOperatorTable.UNARY_MINUS, wide),
          ImmutableSet.of(
              descending.getNullDirection() == NullDirection.FIRST
                  ? SqlKind.NULLS_FIRST
                  : SqlKind.NULLS_LAST));
    }

    private RelDataType bigint(RexNode key) {
      RelDataTypeFactory types = rex.getTypeFactory();
      return types.createTypeWithNullability(
          types.createSqlType(SqlTypeName.BIGINT), key.getType().isNullable());
    }
  }
}
