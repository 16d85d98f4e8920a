package dev.quern.planner;

import java.util.List;
import java.util.function.IntUnaryOperator;

/** Where the value of an argument comes from, known when the query is planned. */
public sealed interface OptionTerm {

  /**
   * @param value a Long, Double, String, Boolean, or List of String
   */
  record Constant(Object value) implements OptionTerm {
    @Override
    public String toString() {
      // Items in quotes: ['a, b'] and ['a', 'b'] are different calls.
      return switch (value) {
        case String text -> "'" + text.replace("'", "''") + "'";
        case List<?> items -> items.stream().map(Constant::new).toList().toString();
        default -> String.valueOf(value);
      };
    }
  }

  /**
   * An ARRAY of texts in which parameters stand.
   *
   * @param items constants and parameters; NULL is an error
   */
  record Texts(List<OptionTerm> items) implements OptionTerm {
    public Texts {
      items = List.copyOf(items);
    }

    @Override
    public String toString() {
      return items.toString();
    }
  }

  /** A dynamic parameter, counted from 0. NULL means the argument's default. */
  record Parameter(int index) implements OptionTerm {
    @Override
    public String toString() {
      return "?" + index;
    }
  }

  /** An input column. NULL means the argument's default. */
  record Column(int column) implements OptionTerm {
    @Override
    public String toString() {
      return "$" + column;
    }
  }

  /** The same term over an input whose columns stand in other places. */
  default OptionTerm withColumns(IntUnaryOperator place) {
    return this instanceof Column(int column) ? new Column(place.applyAsInt(column)) : this;
  }
}
