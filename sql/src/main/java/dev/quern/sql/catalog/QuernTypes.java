package dev.quern.sql.catalog;

import java.lang.reflect.Type;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;

/** Types as files have them: decimals of 38 digits, texts without padding, rows as arrays. */
public final class QuernTypes extends JavaTypeFactoryImpl {
  private static final int DECIMAL_DIGITS = 38;

  public QuernTypes() {
    super(new TypeSystem());
  }

  /** Values of type ROW are Object[], not instances of classes made for each type. */
  @Override
  public Type getJavaClass(RelDataType type) {
    return type.getSqlTypeName() == SqlTypeName.ROW ? Object[].class : super.getJavaClass(type);
  }

  private static final class TypeSystem extends RelDataTypeSystemImpl {
    @Override
    public int getMaxPrecision(SqlTypeName type) {
      return type == SqlTypeName.DECIMAL ? DECIMAL_DIGITS : super.getMaxPrecision(type);
    }

    @Override
    public int getMaxScale(SqlTypeName type) {
      return type == SqlTypeName.DECIMAL ? DECIMAL_DIGITS : super.getMaxScale(type);
    }

    /** The union of CHAR(2) and CHAR(3) is VARCHAR(3): no text gets blanks added. */
    @Override
    public boolean shouldConvertRaggedUnionTypesToVarying() {
      return true;
    }
  }
}
