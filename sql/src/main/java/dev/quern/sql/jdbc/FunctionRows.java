package dev.quern.sql.jdbc;

import dev.quern.planner.function.FunctionSignature;
import dev.quern.planner.function.FunctionSignature.Parameter;
import java.sql.DatabaseMetaData;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.sql.type.SqlTypeName;

/** The functions of our own as JDBC's metadata lists them, those of standard SQL left out. */
final class FunctionRows {
  private FunctionRows() {}

  /** Rows of {@link DatabaseMetaData#getFunctions}. */
  static List<Object> functions(Meta.Pat name) {
    Predicate<String> wanted = NamePattern.matcher(name);
    List<Object> rows = new ArrayList<>();
    for (FunctionSignature function : FunctionSignature.all()) {
      if (wanted.test(function.name())) {
        rows.add(
            new Object[] {
              null,
              null,
              function.name(),
              function.remarks(),
              (short) DatabaseMetaData.functionNoTable,
              function.name()
            });
      }
    }
    return rows;
  }

  /** Rows of {@link DatabaseMetaData#getFunctionColumns}: a function's result, then arguments. */
  static List<Object> columns(Meta.Pat name, Meta.Pat column) {
    Predicate<String> wanted = NamePattern.matcher(name);
    Predicate<String> argument = NamePattern.matcher(column);
    List<Object> rows = new ArrayList<>();
    for (FunctionSignature function : FunctionSignature.all()) {
      if (!wanted.test(function.name())) {
        continue;
      }
      if (argument.test("")) {
        rows.add(row(function.name(), new Parameter("", function.result(), false), 0));
      }
      for (int i = 0; i < function.parameters().size(); i++) {
        if (argument.test(function.parameters().get(i).name())) {
          rows.add(row(function.name(), function.parameters().get(i), i + 1));
        }
      }
    }
    return rows;
  }

  private static Object[] row(String function, Parameter parameter, int position) {
    SqlTypeName type = parameter.type();
    int kind = position == 0 ? DatabaseMetaData.functionReturn : DatabaseMetaData.functionColumnIn;
    return new Object[] {
      null,
      null,
      function,
      parameter.name(),
      (short) kind,
      type.getJdbcOrdinal(),
      type.getName(),
      null,
      null,
      null,
      SqlTypeName.NUMERIC_TYPES.contains(type) ? (short) 10 : null,
      (short) DatabaseMetaData.functionNullable,
      remarks(parameter, position),
      null,
      position,
      "YES",
      function
    };
  }

  private static String remarks(Parameter parameter, int position) {
    return position == 0 ? "result" : parameter.required() ? "required" : "optional, by name";
  }
}
