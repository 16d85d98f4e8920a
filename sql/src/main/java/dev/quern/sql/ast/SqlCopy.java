package dev.quern.sql.ast;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** COPY (query) TO target (options). */
public final class SqlCopy extends SqlCall {
  private static final SqlOperator OPERATOR = new SqlSpecialOperator("COPY", SqlKind.OTHER_DDL);

  private final SqlNode query;
  private final SqlIdentifier target;
  private final SqlNodeList settings;

  public SqlCopy(SqlParserPos position, SqlNode query, SqlIdentifier target, SqlNodeList settings) {
    super(position);
    this.query = query;
    this.target = target;
    this.settings = settings;
  }

  public SqlNode query() {
    return query;
  }

  public SqlIdentifier target() {
    return target;
  }

  public SqlNodeList settings() {
    return settings;
  }

  @Override
  public SqlOperator getOperator() {
    return OPERATOR;
  }

  @Override
  public List<SqlNode> getOperandList() {
    return List.of(query, target, settings);
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    writer.keyword("COPY");
    query.unparse(writer, 0, 0);
    writer.keyword("TO");
    target.unparse(writer, 0, 0);
  }
}
