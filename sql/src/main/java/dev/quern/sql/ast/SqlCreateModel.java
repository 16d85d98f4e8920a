package dev.quern.sql.ast;

import java.util.List;
import org.apache.calcite.sql.SqlCreate;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** CREATE MODEL name FROM folder WITH (options). */
public final class SqlCreateModel extends SqlCreate {
  private static final SqlOperator OPERATOR =
      new SqlSpecialOperator("CREATE MODEL", SqlKind.OTHER_DDL);

  private final SqlIdentifier name;
  private final SqlNode folder;
  private final SqlNodeList settings;

  public SqlCreateModel(
      SqlParserPos position,
      boolean replace,
      boolean ifNotExists,
      SqlIdentifier name,
      SqlNode folder,
      SqlNodeList settings) {
    super(OPERATOR, position, replace, ifNotExists);
    this.name = name;
    this.folder = folder;
    this.settings = settings;
  }

  public SqlIdentifier name() {
    return name;
  }

  public SqlNode folder() {
    return folder;
  }

  public SqlNodeList settings() {
    return settings;
  }

  @Override
  public List<SqlNode> getOperandList() {
    return List.of(name, folder, settings);
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    writer.keyword("CREATE MODEL");
    name.unparse(writer, 0, 0);
    writer.keyword("FROM");
    folder.unparse(writer, 0, 0);
  }
}
