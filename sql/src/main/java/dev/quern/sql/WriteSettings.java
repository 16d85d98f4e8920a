package dev.quern.sql;

import dev.quern.connectors.Compression;
import dev.quern.connectors.TableFormat;
import dev.quern.connectors.WriteMode;
import dev.quern.connectors.WriteOptions;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;

/**
 * The options of COPY: {@code format} (parquet, arrow) and {@code compression} (zstd, snappy,
 * none).
 *
 * @param format empty where none is given
 * @param compression empty where none is given
 */
record WriteSettings(Optional<TableFormat> format, Optional<Compression> compression) {
  private static final List<TableFormat> FORMATS = List.of(TableFormat.PARQUET, TableFormat.ARROW);

  /**
   * @throws QueryException for an unknown or repeated option, or value
   */
  static WriteSettings parse(SqlNodeList settings) {
    Optional<TableFormat> format = Optional.empty();
    Optional<Compression> compression = Optional.empty();
    Set<String> seen = new HashSet<>();
    for (SqlNode setting : settings) {
      SqlNode option = ((SqlCall) setting).operand(0);
      SqlNode value = ((SqlCall) setting).operand(1);
      String name = option.toString().toLowerCase(Locale.ROOT);
      if (!seen.add(name)) {
        throw QueryException.at(option, State.SYNTAX, "option " + name + " is given twice");
      }
      switch (name) {
        case "format" -> format = Optional.of(choice(name, value, FORMATS));
        case "compression" ->
            compression = Optional.of(choice(name, value, Arrays.asList(Compression.values())));
        default ->
            throw QueryException.at(
                option,
                State.SYNTAX,
                "COPY has no option " + name + "; it has format and compression");
      }
    }
    return new WriteSettings(format, compression);
  }

  private static <E extends Enum<E>> E choice(String option, SqlNode value, List<E> choices) {
    String text = value instanceof SqlLiteral literal ? literal.toValue() : value.toString();
    return choices.stream()
        .filter(choice -> choice.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(() ->
            QueryException.at(
                value,
                State.SYNTAX,
                option
                    + " is one of "
                    + choices.stream()
                        .map(choice -> choice.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "))
                    + ", not "
                    + text));
  }

  /**
   * @param named the format that the target's name tells; empty for a folder
   * @throws QueryException where name and options contradict each other
   */
  WriteOptions options(WriteMode mode, Optional<TableFormat> named, SqlNode place) {
    if (named.isPresent() && format.isPresent() && !named.equals(format)) {
      throw QueryException.at(
          place,
          State.SYNTAX,
          "the file's extension says "
              + named.get()
              + " and the option format "
              + format.get()
              + "; change one of them");
    }
    TableFormat written = named.or(() -> format).orElse(TableFormat.PARQUET);
    if (written != TableFormat.PARQUET && compression.isPresent()) {
      throw QueryException.at(
          place, State.SYNTAX, "compression is an option of Parquet; others are written plain");
    }
    return new WriteOptions(
        mode, format.orElse(TableFormat.PARQUET), compression.orElse(Compression.ZSTD));
  }
}
