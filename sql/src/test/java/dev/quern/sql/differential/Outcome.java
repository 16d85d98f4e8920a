package dev.quern.sql.differential;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.linq4j.Enumerator;

/** What a query came to on one side. */
sealed interface Outcome {
  /** Values as text, so that an INTEGER equals a BIGINT. */
  record Rows(List<String> rows) implements Outcome {
    static Rows of(Enumerator<Object[]> rows) {
      List<String> all = new ArrayList<>();
      while (rows.moveNext()) {
        all.add(String.join(" | ", Arrays.stream(rows.current()).map(Rows::text).toList()));
      }
      return new Rows(all);
    }

    private static String text(Object value) {
      return switch (value) {
        case null -> "NULL";
        case Number number ->
            new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
        case String text -> "'" + text + "'";
        case Object other -> other.toString();
      };
    }
  }

  /** This side says that it does not run such queries. */
  record Refused(String reason) implements Outcome {}

  /** This side broke. */
  record Failed(Throwable cause) implements Outcome {}
}
