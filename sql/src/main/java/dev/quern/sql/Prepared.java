package dev.quern.sql;

import dev.quern.sql.run.QueryContext;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;

/** A statement that is understood and planned, to be run as often as wanted. */
public sealed interface Prepared extends AutoCloseable {
  /** The parameters {@code ?}, in order, as the fields of a row. */
  RelDataType parameters();

  /** Frees what runs after the last run: tables that the statement names. */
  Runnable onClose();

  @Override
  default void close() {
    onClose().run();
  }

  /**
   * A statement that gives rows.
   *
   * @param columns its columns; rows are arrays in Calcite's internal representation
   */
  record Rows(
      RelDataType columns,
      RelDataType parameters,
      Function<QueryContext, Enumerator<Object[]>> run,
      Runnable onClose)
      implements Prepared {}

  /** A statement that gives the number of rows that it wrote. */
  record Update(RelDataType parameters, ToLongFunction<QueryContext> run, Runnable onClose)
      implements Prepared {}
}
