package dev.quern.sql.differential;

import org.apache.calcite.rel.type.RelDataTypeSystemImpl;

/** As the dialect has it: the union of CHAR(2) and CHAR(3) is VARCHAR(3), without blanks added. */
final class ReferenceTypes extends RelDataTypeSystemImpl {
  @Override
  public boolean shouldConvertRaggedUnionTypesToVarying() {
    return true;
  }
}
