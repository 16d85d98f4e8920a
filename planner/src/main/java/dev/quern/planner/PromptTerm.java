package dev.quern.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.apache.calcite.sql.type.SqlTypeName;

/** One piece of a prompt, known when the query is planned. */
public sealed interface PromptTerm {

  /** Text of the query: special tokens in it are recognised. */
  record Literal(String text) implements PromptTerm {
    @Override
    public String toString() {
      return "'" + text.replace("'", "''") + "'";
    }
  }

  /** The text of an input column; NULL makes the whole prompt NULL. */
  record Value(int column) implements PromptTerm {
    @Override
    public String toString() {
      return "$" + column;
    }
  }

  /** A dynamic parameter, counted from 0; NULL makes the whole prompt NULL. */
  record Parameter(int index) implements PromptTerm {
    @Override
    public String toString() {
      return "?" + index;
    }
  }

  /**
   * Input columns as one JSON object, in an order of fields that is chosen for each row: the end of
   * a PROMPT_ROW. A NULL field is null in JSON.
   */
  record Fields(List<Field> fields) implements PromptTerm {
    public Fields {
      fields = List.copyOf(fields);
    }

    @Override
    public String toString() {
      return fields.stream().map(Field::toString).collect(Collectors.joining(", ", "{", "}"));
    }
  }

  /**
   * A field of a row.
   *
   * @param name in JSON
   * @param column holds the value in Calcite's internal representation of {@code type}
   */
  record Field(String name, int column, SqlTypeName type) {
    @Override
    public String toString() {
      // Other names in quotes, so that no two rows look alike.
      return (name.matches("\\w+") ? name : JsonFields.text(name)) + ": $" + column;
    }
  }

  /** The same term over an input whose columns stand in other places. */
  default PromptTerm withColumns(IntUnaryOperator place) {
    return switch (this) {
      case Value(int column) -> new Value(place.applyAsInt(column));
      case Fields(List<Field> fields) ->
          new Fields(
              fields.stream()
                  .map(f -> new Field(f.name(), place.applyAsInt(f.column()), f.type()))
                  .toList());
      case Literal literal -> literal;
      case Parameter parameter -> parameter;
    };
  }

  /** The terms as SQL would write them. */
  static String describe(List<PromptTerm> terms) {
    for (int i = terms.size() - 1; i >= 0; i--) {
      if (terms.get(i) instanceof Fields fields) {
        // What stands in front of the fields is their instruction.
        String row = "PROMPT_ROW(" + instruction(terms.subList(0, i)) + ", " + fields + ")";
        List<PromptTerm> behind = terms.subList(i + 1, terms.size());
        return behind.isEmpty() ? row : row + " || " + describe(behind);
      }
    }
    return terms.stream().map(PromptTerm::toString).collect(Collectors.joining(" || "));
  }

  /** Without the line break that PROMPT_ROW puts behind it. */
  private static String instruction(List<PromptTerm> terms) {
    if (terms.isEmpty() || !(terms.getLast() instanceof Literal(String text))) {
      return describe(terms);
    }
    List<PromptTerm> written = new ArrayList<>(terms.subList(0, terms.size() - 1));
    if (written.isEmpty() || !text.equals("\n")) {
      written.add(new Literal(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text));
    }
    return describe(written);
  }
}
